"""The model card: README.md of a trained folder."""

from __future__ import annotations

from pathlib import Path

from newsclip.training.recipe import Recipe

_CARD = """---
language: en
library_name: sentence-transformers
{base}pipeline_tag: sentence-similarity
tags: [sentence-transformers, static-embedding]
---

# {title}

A static embedding model: a text's embedding is the mean of its word pieces' rows, L2-normalised.
Trained by `newsclip train-model` on {articles:,} articles in {steps:,} steps of {batch:,} pairs,
with {teacher} as the teacher.

```python
from sentence_transformers import SentenceTransformer

SentenceTransformer("FOLDER").encode(["More from General"])
```

- Recipe: {recipe}
- Files: `modules.json`, `tokenizer.json` (BERT's normaliser and word pieces),
  `model.safetensors` (`embeddings` int8, and `weights`, one float32 factor per row).
- The axes are principal axes of the articles, the strongest first: the first 128 or 256 of an
  embedding, brought to unit length again, are a smaller embedding.
- There is no length limit. It knows no word order, and a piece outside the vocabulary adds nothing.
- Words that the articles never used keep the place that the teacher gave them.
"""


def model_card(folder: Path, recipe: Recipe, teacher: str, articles: int, steps: int) -> str:
    """Return the text of a card; a teacher in a local folder is named without its path."""
    local = Path(teacher).is_dir()
    return _CARD.format(
        base="" if local else f"base_model: {teacher}\n",
        title=folder.resolve().name,
        articles=articles,
        steps=steps,
        batch=recipe.batch,
        teacher="a model of the publisher's" if local else teacher,
        recipe=repr(recipe).removeprefix("Recipe"),
    )
