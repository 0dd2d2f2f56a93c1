"""What made-up people, projects and tasks are called."""

from typing import Final

# fmt: off
VERBS: Final = (
    "Review", "Plan", "Order", "Install", "Inspect", "Test", "Deliver", "Paint", "Measure",
    "Quote", "Pack", "Check",
)
NOUNS: Final = (
    "cable", "valve", "pump", "report", "budget", "invoice", "contract", "window", "door", "roof",
    "drawing", "schedule", "permit", "supplier", "meeting", "handover", "concrete", "wiring",
    "survey", "material", "crane", "scaffold", "floor", "ceiling", "kitchen", "garden", "heating",
    "cooling", "exit",
)
FIRST: Final = (
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kit", "Leo", "Mia",
    "Ned", "Ola", "Pam", "Quin", "Rae", "Sam", "Tea",
)
LAST: Final = (
    "Abel", "Bond", "Cruz", "Dahl", "Eck", "Fox", "Gray", "Hume", "Imre", "Jung", "Kerr", "Lind",
    "Moss", "Noor", "Odum", "Pike",
)
STAGES: Final = ("Backlog", "Doing", "Review")
COLORS: Final = (
    0x99DF72, 0xB1DA34, 0xA9C3F9, 0xF78234, 0x9E6957, 0x53C944, 0xD84640, 0x2F8DE4,
)
# fmt: on
