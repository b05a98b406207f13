-- Shifts of teams that are out: set out, check in, alarms, closing. The functions of the gate ask who asks.

-- name: is_watched
SELECT access.is_watched();

-- name: my_words
SELECT
    safe_hash,
    duress_hash
FROM access.my_words();

-- name: set_words
SELECT access.set_words(%(safe)s, %(duress)s);

-- name: start_shift
SELECT access.start_shift(
    %(id)s, %(plan)s, %(team)s, %(places)s::uuid [], %(records)s::text [], %(minutes)s::int [], %(home)s,
    %(contacts)s::uuid []
);

-- name: my_shifts
SELECT * FROM access.my_shifts();

-- name: shift_stops
SELECT * FROM access.shift_stops(%(id)s);

-- name: read_briefing
SELECT access.read_briefing(%(id)s, %(stop)s);

-- name: try_word
SELECT
    seconds,
    safe_hash,
    duress_hash
FROM access.try_word(%(id)s);

-- name: say_word
SELECT access.say_word(%(id)s, %(is_duress)s);

-- name: check_in
SELECT access.check_in(%(id)s, %(kind)s, %(is_duress)s);

-- name: call_for_help
SELECT access.call_for_help(%(token)s, %(id)s);

-- name: close_shift
SELECT access.close_shift(%(id)s, %(became)s::text [], %(follow_ups)s::boolean []);

-- name: my_alarms
SELECT * FROM access.my_alarms();

-- name: take_alarm
SELECT access.take_alarm(%(id)s);

-- name: close_alarm
SELECT access.close_alarm(%(id)s, %(how)s);
