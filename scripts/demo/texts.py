"""The words of the demo's risk notes: what may be happening at a place, never who."""

from typing import Final

import numpy as np

OPENINGS: Final = (
    ("Saw signs that {}.", "It looked as if {}.", "From the doorway it seemed that {}."),
    ("One person said that {}.", "Somebody working here said that {}.", "A person we spoke with said that {}."),
    ("A business nearby said that {}.", "A neighbour said that {}.", "A partner agency heard that {}."),
    (
        "It was not clear whether {}.",
        "We could not tell whether {}.",
        "There may be an innocent reason, but perhaps {}.",
    ),
)
"""By provenance: saw myself, was told by the person, was told by someone else, unsure."""

CONCERNS: Final = {
    1: (
        "people selling sex here do not choose their own hours",
        "somebody else takes the bookings and keeps the money",
        "people are moved between addresses every few days",
        "the people inside may not leave without being met by a car",
        "one person answers every question for the others",
    ),
    2: (
        "people work twelve hours without a break",
        "nobody here is paid until the end of the season",
        "people sleep in a room behind the workshop",
        "there are no gloves, masks or boots for the work that is done",
        "people are brought and fetched in one vehicle each day",
    ),
    3: (
        "one person cleans, cooks and minds children here without a day off",
        "the person who opened the door sleeps in the kitchen",
        "the person who works here does not hold the key to the house",
        "somebody here has not been out alone for months",
    ),
    4: (
        "young people are kept here to look after plants",
        "windows are covered and the meter is bypassed",
        "young people carry parcels from this address by train",
        "somebody is told to stay in the building day and night",
    ),
    5: (
        "wages are kept to pay back the cost of the journey",
        "the debt grows each week for rent, food and transport",
        "people here owe the owner money for finding them the work",
        "people are fined for being late or ill",
    ),
    6: (
        "a young person here fears a wedding abroad this summer",
        "somebody here was told that refusing would shame the family",
        "a young person has stopped coming to college without a reason",
    ),
    7: (
        "people arrived together at night and have not been seen outside since",
        "passports are kept in a drawer in the office",
        "people were promised other work than the work they do",
        "people here do not know the name of the town they are in",
    ),
    8: (
        "something is wrong, though nobody would say what",
        "people fall silent when the owner comes in",
        "people come and go at odd hours",
        "somebody inside may be being exploited",
    ),
}
"""By the code of the kind of exploitation."""

WELFARE: Final = (
    "Left a helpline card in three languages.",
    "Offered a private talk; the person chose not to speak today.",
    "Agreed to come back next week, in the morning, when it is quieter.",
    "Offered help with finding a doctor, which was welcome.",
    "Suggest going in pairs, with an interpreter.",
    "Showed where the drop-in centre is, and when it opens.",
    "Asked whether people feel safe where they sleep; the answer was a shrug.",
    "Best time to visit is after six in the evening.",
    "Did not press; trust will take more than one visit.",
    "Gave out gloves and water, and asked how the week had been.",
    "Safeguarding lead told the same evening.",
    "Please contact the owner of this record before visiting.",
)

COUNTS: Final = ("", "Two people were there.", "Three or four people were there.", "Six or more people were there.")


def text_of(random: np.random.Generator, category: int, provenance: int) -> str:
    """Return the text of one note: a concern as it was learnt, how many were there, and what was done."""
    opening = random.choice(OPENINGS[provenance])
    concern = random.choice(CONCERNS[category])
    done = random.choice(len(WELFARE), size=2, replace=False)
    sentences = (opening.format(concern), str(random.choice(COUNTS)), *(WELFARE[number] for number in done))
    return " ".join(filter(None, sentences))
