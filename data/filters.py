"""CQL2 filters as SQL conditions on the released columns of a layer, and on nothing else.

The text is parsed by the `cql2` library; from its tree we write a condition with every value as a
parameter, and refuse any operator or property that is not listed.
"""

from collections.abc import Mapping, Sequence

import cql2
from psycopg import sql

Condition = tuple[sql.Composable, dict[str, object]]

_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LONGEST = 2000
_DEEPEST = 20


class NotAFilter(ValueError):
    """A filter that is not CQL2, or that asks for a property or operator the layer does not have."""


def condition(text: str, properties: Sequence[str]) -> Condition:
    """Return the SQL condition and its values for a CQL2 text over these property names.

    Known: and, or, not, = <> < <= > >=, LIKE, IN, BETWEEN, IS NULL, CASEI, DATE. Raises NotAFilter with a
    sentence that names what is not known.
    """
    if len(text) > _LONGEST:
        raise NotAFilter(f"The filter has {len(text)} characters; at most {_LONGEST} are read.")
    try:
        tree = cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, RuntimeError) as error:
        raise NotAFilter("The filter is not CQL2 text, as in: kind = 'shop' AND status = 'active'.") from error
    values: dict[str, object] = {}
    return _write(tree, tuple(properties), values, 0), values


def _write(tree: object, properties: tuple[str, ...], values: dict[str, object], depth: int) -> sql.Composable:
    if depth > _DEEPEST:
        raise NotAFilter(f"The filter is nested deeper than {_DEEPEST} levels.")
    if not isinstance(tree, Mapping) or "op" not in tree:
        return _operand(tree, properties, values, depth)
    operator, arguments = str(tree["op"]).lower(), list(tree.get("args", []))
    if operator in {"and", "or"}:
        joined = sql.SQL(f" {operator.upper()} ").join(
            _write(argument, properties, values, depth + 1) for argument in arguments
        )
        return sql.SQL("({})").format(joined)
    parts = [_operand(argument, properties, values, depth + 1) for argument in arguments]
    return _operation(operator, parts)


def _operation(operator: str, parts: list[sql.Composable]) -> sql.Composable:
    if operator in _COMPARISONS and len(parts) == 2:
        return sql.SQL("({} " + _COMPARISONS[operator] + " {})").format(*parts)
    templates = {
        ("not", 1): "(NOT {})",
        ("like", 2): "({} LIKE {})",
        ("between", 3): "({} BETWEEN {} AND {})",
        ("isnull", 1): "({} IS NULL)",
        ("casei", 1): "lower({})",
        ("in", 2): "({} = ANY ({}))",
    }
    if (template := templates.get((operator, len(parts)))) is None:
        raise NotAFilter(f"The filter uses {operator!r}, which this service does not know.")
    return sql.SQL(template).format(*parts)


def _operand(tree: object, properties: tuple[str, ...], values: dict[str, object], depth: int) -> sql.Composable:
    if isinstance(tree, Mapping):
        if "property" in tree:
            return _property(str(tree["property"]), properties)
        if "op" in tree:
            return _write(tree, properties, values, depth)
        if "date" in tree:
            return _value(str(tree["date"]), values, "::date")
        raise NotAFilter("The filter compares geometry or time in a way that this service does not know: use bbox.")
    if isinstance(tree, list):
        return _value([str(item) if not isinstance(item, int | float) else item for item in tree], values, "")
    if isinstance(tree, str | int | float | bool):
        return _value(tree, values, "")
    raise NotAFilter("The filter holds a value that is neither text, number, date nor truth.")


def _property(name: str, properties: tuple[str, ...]) -> sql.Composable:
    if name not in properties:
        raise NotAFilter(f"The layer has no property {name!r}; it has {', '.join(properties)}.")
    return sql.SQL("feature.{}").format(sql.Identifier(name))


def _value(value: object, values: dict[str, object], cast: str) -> sql.Composable:
    name = f"filter_{len(values)}"
    values[name] = value
    return sql.SQL("{}" + cast).format(sql.Placeholder(name))
