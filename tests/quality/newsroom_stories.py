"""Which articles of the sample newsroom belong together, and which share a name alone."""

STORIES = {
    "fish": [
        "politics/2025/06/veldra-claims-skerry-bank",
        "world/2025/07/veldra-detains-trawler",
        "world/2025/07/anna-lovise-taken-to-ostvik",
        "general/2025/07/anna-lovise-crew-home",
        "world/2025/09/fishing-talks-open-pontclair",
        "business/2025/11/port-sorrel-harbour-blockade",
        "politics/2026/02/pontclair-accord-initialled",
        "politics/2026/04/assembly-ratifies-fishing-accord",
        "business/2026/10/first-season-under-accord",
    ],
    "ferry": [
        "general/2025/10/ferry-sinks-gull-narrows",
        "general/2025/10/kestrel-sinking-full-report",
        "general/2025/10/great-skerry-vigil",
        "politics/2025/11/transport-minister-ode-resigns",
        "general/2026/01/kestrel-inquiry-opens",
        "general/2026/02/engineer-memo-kestrel",
        "general/2026/03/kestrel-interim-report",
        "general/2026/10/kestrel-final-report",
        "business/2026/11/solveig-enters-service",
    ],
    "vote": [
        "politics/2026/05/election-date-set",
        "politics/2026/06/parties-on-rent",
        "politics/2026/08/poll-labour-ahead",
        "politics/2026/09/brask-tv-debate",
        "politics/2026/09/labour-wins-election",
        "politics/2026/09/belrive-west-recount",
        "politics/2026/10/coalition-deal",
        "politics/2026/10/renn-sworn-in",
    ],
    "bank": [
        "business/2025/09/meridian-buys-fenmark-savings",
        "business/2025/09/bank-staff-strike",
        "business/2025/11/fenmark-members-vote",
        "business/2026/02/authority-clears-bank-merger",
        "business/2026/04/tarn-mutual-buys-branches",
        "business/2026/07/fenmark-savings-name-gone",
        "business/2026/10/meridian-third-quarter",
    ],
    "comet": [
        "science/2025/06/comet-quist-amaro-found",
        "science/2025/12/comet-brightens",
        "science/2026/02/where-to-see-comet",
        "general/2026/04/comet-night-mount-tarn",
        "science/2026/04/comet-splits",
        "science/2026/09/comet-ice-study",
    ],
    "club": [
        "sport/2025/08/meridian-open-with-three",
        "sport/2025/09/derby-brask-athletic",
        "sport/2025/11/tarrant-ankle",
        "sport/2026/01/rask-signs",
        "sport/2026/03/meridian-comeback-brask",
        "sport/2026/04/cup-final-penalties",
        "sport/2026/05/meridian-champions",
        "sport/2026/07/holst-succeeds-brenninger",
    ],
    "trial": [
        "general/2025/10/dahlmann-charged-tram-contract",
        "general/2026/01/tramline-trial-opens",
        "general/2026/02/malm-testifies",
        "general/2026/05/tramline-closing-speeches",
        "general/2026/06/dahlmann-guilty",
        "general/2026/09/dahlmann-appeals",
        "business/2026/11/line-7-tender-reopened",
    ],
}

# Names with two meanings

BIRDS = [
    "science/2025/05/lesser-kestrels-hatch",
    "science/2025/08/kestrel-gps-migration",
    "science/2026/04/kestrels-return-tarnfell",
    "life/2026/07/nest-boxes-fenmark-farms",
]
SINGER = [
    "culture/2025/09/salt-bride-opening",
    "culture/2025/12/golden-lyre-varga",
    "culture/2026/03/varga-interview-silence",
    "culture/2026/10/varga-opera-academy",
]
STORM = [
    "general/2026/01/storm-isolde-warning",
    "general/2026/01/storm-isolde-hits",
    "general/2026/01/after-isolde-forest",
    "business/2026/01/isolde-insurance-bill",
]
RIVER = [
    "general/2025/06/arden-floods-brask",
    "general/2025/06/nether-weir-after-flood",
    "politics/2025/11/flood-wall-dispute-brask",
    "science/2026/05/arden-polder-model",
]
PORT = [
    "world/2025/07/veldra-detains-trawler",
    "world/2025/07/anna-lovise-taken-to-ostvik",
    "general/2025/07/anna-lovise-crew-home",
    "business/2025/11/port-sorrel-harbour-blockade",
    "business/2026/10/first-season-under-accord",
    "life/2025/10/port-sorrel-fish-soup",
]
JUDGE = [*STORIES["trial"][1:5], "general/2026/06/opinion-who-signed-line-7"]
