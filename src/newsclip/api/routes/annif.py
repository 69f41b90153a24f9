"""Annif's routes, so that what asks an Annif service may ask this one."""

from newsclip.api.annif_answers import check_project, learn, project_answer, suggestions_answer
from newsclip.api.annif_schemas import (
    AnnifBatch,
    AnnifDocuments,
    AnnifForm,
    AnnifIndexedList,
    AnnifProject,
    AnnifProjects,
    AnnifQuery,
    AnnifSuggestions,
)
from newsclip.api.operations import Answer, Operations, json_response
from newsclip.api.parameters import form_body, model_body
from newsclip.api.service import Service
from newsclip.errors import ProjectUnknown, StoreBusy

operations = Operations("Annif")


@operations.add("GET", "/v1/projects", {200: AnnifProjects})
def list_projects(service: Service) -> Answer:
    """List the projects, as Annif has them: the archive is the only one."""
    return {"projects": [project_answer(service.archive, service.settings)]}


@operations.add("GET", "/v1/projects/{project_id}", {200: AnnifProject}, raises=[ProjectUnknown])
def show_project(service: Service, project_id: str) -> Answer:
    """Describe the archive as an Annif project."""
    check_project(project_id)
    return project_answer(service.archive, service.settings)


@operations.add(
    "POST",
    "/v1/projects/{project_id}/suggest",
    {200: AnnifSuggestions},
    body=form_body(AnnifForm),
    raises=[ProjectUnknown],
)
def suggest_subjects(service: Service, project_id: str, body: AnnifForm) -> Answer:
    """Tags for a text, as Annif answers: the scores are those of `/v1/tags/suggest`."""
    check_project(project_id)
    return suggestions_answer(service.archive, body.text, body.title, body)


@operations.add(
    "POST",
    "/v1/projects/{project_id}/suggest-batch",
    {200: AnnifBatch},
    body=model_body(AnnifDocuments),
    raises=[ProjectUnknown],
)
def suggest_subjects_batch(
    service: Service, project_id: str, query: AnnifQuery, body: AnnifDocuments
) -> Answer:
    """Tags for each of up to 32 texts."""
    check_project(project_id)
    # A view of its own for each, so that other requests have their turn in between.
    answers = [
        suggestions_answer(service.archive, each.text, each.metadata.get("title", ""), query)
        | {"document_id": each.document_id}
        for each in body.documents
    ]
    return json_response(answers)


@operations.add(
    "POST",
    "/v1/projects/{project_id}/learn",
    {204: None},
    body=model_body(AnnifIndexedList),
    raises=[ProjectUnknown, StoreBusy],
)
def learn_subjects(service: Service, project_id: str, body: AnnifIndexedList) -> Answer:
    """Take texts with their tags as feedback: each tag counts as accepted for its text."""
    check_project(project_id)
    for document in body.root:
        learn(service.archive, document)
    return None
