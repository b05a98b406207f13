-- Teams of the session's own organisation, through functions that ask whose session it is.

-- name: my_teams
SELECT
    number,
    name,
    is_open
FROM access.my_teams();

-- name: my_team
SELECT access.my_team();

-- name: add_team
SELECT access.add_team(%(name)s, %(warned_of)s);

-- name: set_team_open
SELECT access.set_team_open(%(number)s, %(is_open)s);

-- name: team_for
SELECT access.team_for(%(asked)s, %(visit)s);
