"""What each party may see and is told, minute by minute, written from the rules of 0016 and not from what was seen.

A row holds from its minute until the next one: what is done at that minute, then for each party the numbers of the
stops that it sees on every surface (card, item, tile, export, page, map, sheet), `!` when a notice waits for it, `*`
when an alarm is its to see to (`-` none of these; `gone`: may not sign in), and by which minute a check-in is due.
The team's own rights show it both stops at any time; nobody else has any right to either.
"""

ON_TIME = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
10  team reads                       12    -     -      -     -       -         -     30
20  team arrived                     12    -     -      -     -       -         -     50
45  team fine                        12    -     -      -     -       -         -     75
60  team left                        12    -     -      -     -       -         -     90
75  team reads                       12    -     -      -     -       -         -     90
80  team arrived                     12    -     -      -     -       -         -     110
100 team left                        12    -     -      -     -       -         -     135
130 team home_safe                   12    -     -      -     -       -         -     -
"""

LATE = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
5   team reads                       12    -     -      -     -       -         -     30
20  team arrived                     12    -     -      -     -       -         -     50
50                                   12!   -     -      -     -       -         -     50
53  team more_time                   12    -     -      -     -       -         -     63
63                                   12!   -     -      -     -       -         -     63
68                                   12!   !*    -      -     -       -         -     63
70  team fine                        12    !*    -      -     -       -         -     100
71  buddy takes it                   12    *     -      -     -       -         -     100
74  buddy closes spoke               12    -     -      -     -       -         -     100
95  team left                        12    -     -      -     -       -         -     125
100 team withdrew                    12    -     -      -     -       -         -     135
120 team home_safe                   12    -     -      -     -       -         -     -
"""

DURESS = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
5   team reads                       12    -     -      -     -       -         -     30
20  team arrived                     12    -     -      -     -       -         -     50
40  team fine!                       12    !*    !*     !*    1!*     -         -     70
41  manager takes it                 12    !*    !*     !*    1*      -         -     70
56                                   12    !*    !*     !*    1!*     -         -     70
60  team left                        12    !*    !*     !*    1!*     -         -     90
65  manager closes called_999        12    -     -      -     -       -         -     90
80  team withdrew                    12    -     -      -     -       -         -     115
110 team home_safe                   12    -     -      -     -       -         -     -
"""

HELP_AND_BUDDY_UNREACHABLE = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
10  team help                        12    !*    !*     !*    1!*     -         -     30
12  second takes it                  12    !*    *      !*    1!*     -         -     30
15  second closes spoke              12    -     -      -     -       -         -     30
30                                   12!   -     -      -     -       -         -     30
35                                   12!   !*    -      -     -       -         -     30
40                                   12!   !*    !*     !*    -       -         -     30
42  desk takes it                    12!   !*    !*     *     -       -         -     30
57                                   12!   !*    !*     *     1!*     -         -     30
60  manager takes it                 12!   !*    !*     *     1*      -         -     30
62  manager closes home              12    -     -      -     -       -         -     -
"""

PHONE_DEAD_AND_NOBODY_ANSWERS = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
5   team reads                       12    -     -      -     -       -         -     30
20  team arrived                     12    -     -      -     -       -         -     50
50                                   12!   -     -      -     -       -         -     50
52  server is killed and comes back  12!   -     -      -     -       -         -     50
55                                   12!   !*    -      -     -       -         -     50
56  escalator is away                12!   !*    -      -     -       -         -     50
68  escalator is back                12!   !*    !*     !*    1!*     -         -     50
70  server is killed and comes back  12!   !*    !*     !*    1!*     -         -     50
90  manager takes it                 12!   !*    !*     !*    1*      -         -     50
92  manager closes called_999        12    -     -      -     -       -         -     107
107                                  12!   -     -      -     -       -         -     107
112                                  12!   !*    -      -     -       -         -     107
117                                  12!   !*    !*     !*    -       -         -     107
122                                  12!   !*    !*     !*    1!*     -         -     107
123 team left                        12    !*    !*     !*    1!*     -         -     153
124 team home_safe                   12    !*    !*     !*    1!*     -         -     -
125 manager takes it                 12    !*    !*     !*    1*      -         -     -
126 manager closes home              12    -     -      -     -       -         -     -
"""

MANAGER_GONE = """
min act                              team  buddy second desk  manager colleague other due
0   team sets out                    12    -     -      -     -       -         -     30
20  manager goes                     12    -     -      -     gone    -         -     30
30                                   12!   -     -      -     gone    -         -     30
35                                   12!   !*    -      -     gone    -         -     30
40                                   12!   !*    !*     !*    gone    -         -     30
45                                   12!   !*    !*     1!*   gone    -         -     30
46  desk takes it                    12!   !*    !*     1*    gone    -         -     30
50  desk closes home                 12    -     -      -     gone    -         -     -
"""

NIGHTS = {
    "on time": ON_TIME,
    "late": LATE,
    "duress": DURESS,
    "help, then a buddy who cannot be reached": HELP_AND_BUDDY_UNREACHABLE,
    "a dead phone, a killed server, and nobody answers": PHONE_DEAD_AND_NOBODY_ANSWERS,
    "a duty manager who left": MANAGER_GONE,
}


def rows(table: str) -> list[tuple[int, str, dict[str, str]]]:
    """Return of each row its minute, what is done, and the cells by column."""
    heading, *lines = table.strip().splitlines()
    columns = heading.split()[2:]
    found = []
    for line in lines:
        minute, rest = line.split(maxsplit=1) if line[4] != " " else (line.split()[0], line[4:])
        cells = rest.split()[-len(columns) :]
        act = line[4:37].strip()
        found.append((int(minute), act, dict(zip(columns, cells, strict=True))))
    return found
