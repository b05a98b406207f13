"""The later steps of an import: its columns, the check of its rows, the confirmation, and taking it back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.imports import list_rejects
from data.imports.columns import Columns, columns_of, site_kinds
from data.imports.decide import Decision
from data.imports.duplicates import duplicates_of
from data.imports.progress import is_at_work, read_telling
from data.imports.publish import commit, discard, undo
from data.imports.records import Import, newest_imports, one_import, rows_found, rows_of
from data.imports.refusals import AlreadyImported, FileRefused, ImportNotReady
from web import import_columns as roles
from web import import_words as words
from web.forms import Form, typed
from web.import_visitors import Importer, ImporterNow, ImportId, lead_to
from web.visitors import FormNow, visitor_of
from web.words import in_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor_of)])
_ROWS = 50
_SHOWN = ("warning", "duplicate", "rejected")
After = Annotated[int, Query(ge=0, le=2**31 - 1)]


@router.get("/imports/{id}/columns")
def columns_page(importer: ImporterNow, id: ImportId) -> Response:
    """Show each column with three samples and what it is taken for."""
    desk = importer.desk
    this = one_import(desk, id)
    if this.status not in ("received", "staged") or is_at_work(desk, id):
        return lead_to(id)
    found = columns_of(desk, id)
    refused = words.refusal(this.refusal) if this.refusal else None
    return _columns(importer, (this, found), Form(), refused)


@router.post("/imports/{id}/columns")
def decide_columns(importer: ImporterNow, id: ImportId, data: FormNow) -> Response:
    """Take the columns as chosen and check every row again, or say what does not fit together."""
    desk = importer.desk
    this, values = one_import(desk, id), typed(data)
    if this.status not in ("received", "staged"):
        raise ImportNotReady("The import is committed or undone already; import the file again to change it.")
    found = columns_of(desk, id)
    changes, faults = roles.decided(found, values)
    if faults:
        return _columns(importer, (this, found), Form(values=values, faults=faults), None)
    told = found.mapping.to_json()
    if this.status == "staged" and all(told[name] == value for name, value in changes.items()):
        return lead_to(id, "/check")
    try:
        done = importer.work.done(lambda: read_telling(desk, id, Decision(mapping=changes)))
    except AlreadyImported as known:
        discard(desk, id)
        return lead_to(known.import_id, "?done=before")
    except FileRefused as refused:
        return _columns(importer, (this, found), Form(values=values), words.refusal_of(refused))
    return lead_to(id, "/check" if done else "")


@router.post("/imports/{id}/sheet")
def decide_sheet(importer: ImporterNow, id: ImportId, data: FormNow) -> Response:
    """Read another sheet of the file; what was chosen for the columns of this one is forgotten."""
    desk = importer.desk
    sheet = str(typed(data).get("sheet", "")) or None
    try:
        done = importer.work.done(lambda: read_telling(desk, id, Decision(sheet=sheet)))
    except (FileRefused, AlreadyImported):
        done = None
    return lead_to(id, "/columns" if done else "?then=columns")


@router.get("/imports/{id}/check")
def check_page(importer: ImporterNow, id: ImportId, show: str = "", after: After = 0) -> Response:
    """Show how many rows have which verdict, the rows themselves, and duplicates beside what they repeat."""
    visitor, desk = importer.visitor, importer.desk
    me, this = visitor.me(), one_import(desk, id)
    if this.status != "staged" or is_at_work(desk, id):
        return lead_to(id)
    shown = show if show in _SHOWN else ""
    if shown == "duplicate":
        pairs = duplicates_of(desk, id, after_line=after, at_most=_ROWS)
        lines, last = [], pairs[-1].row.line if len(pairs) == _ROWS else None
    else:
        rows = (
            rows_found(desk, id, shown, after_line=after, at_most=_ROWS)
            if shown
            else rows_of(desk, id, after_line=after, at_most=_ROWS)
        )
        pairs, lines = [], [words.row_line(row) for row in rows]
        last = rows[-1].line if len(rows) == _ROWS else None
    return visitor.page(
        "import_check.html",
        me=me,
        this=this,
        counts=words.counts(this),
        shown=shown,
        rows=lines,
        pairs=pairs,
        known={one.id: one for one in newest_imports(desk, at_most=200)} if pairs else {},
        next_page=f"/imports/{id}/check?show={shown}&after={last}#rows" if last else None,
        is_first=after == 0,
        row_word=in_words(this.layout.get("row_word", "line")),
    )


@router.get("/imports/{id}/rejects")
def rejects(importer: ImporterNow, id: ImportId) -> Response:
    """Give the rows that are not imported as a file with a name that tells nothing."""
    visitor, desk = importer.visitor, importer.desk
    visitor.me()
    return list_rejects(id, desk)


@router.get("/imports/{id}/commit")
def commit_page(importer: ImporterNow, id: ImportId) -> Response:
    """Say what will happen, and ask."""
    visitor, desk = importer.visitor, importer.desk
    me, this = visitor.me(), one_import(desk, id)
    if this.status != "staged" or is_at_work(desk, id):
        return lead_to(id)
    sentence = words.what_will_happen(this, me.organisation)
    return visitor.page("import_commit.html", me=me, this=this, sentence=sentence)


@router.post("/imports/{id}/commit")
def commit_import(importer: ImporterNow, id: ImportId) -> Response:
    """Make places of every good row, all or none."""
    desk = importer.desk
    done = importer.work.done(lambda: commit(desk, id))
    return lead_to(id, "?done=committed" if done else "")


@router.get("/imports/{id}/undo")
def undo_page(importer: ImporterNow, id: ImportId) -> Response:
    """Say what undoing takes back and what it leaves, and ask."""
    visitor, desk = importer.visitor, importer.desk
    me, this = visitor.me(), one_import(desk, id)
    if this.status != "committed" or is_at_work(desk, id):
        return lead_to(id)
    return visitor.page("import_undo.html", me=me, this=this)


@router.post("/imports/{id}/undo")
def undo_import(importer: ImporterNow, id: ImportId) -> Response:
    """Take back the places of an import, but those that somebody has changed or used since."""
    desk = importer.desk
    done = importer.work.done(lambda: undo(desk, id))
    return lead_to(id, "?done=undone" if done else "")


@router.get("/imports/{id}/discard")
def discard_page(importer: ImporterNow, id: ImportId) -> Response:
    """Ask whether an import is to be forgotten."""
    visitor, desk = importer.visitor, importer.desk
    me, this = visitor.me(), one_import(desk, id)
    if this.status not in ("received", "staged"):
        return lead_to(id)
    return visitor.page("import_discard.html", me=me, this=this)


@router.post("/imports/{id}/discard")
def discard_import(importer: ImporterNow, id: ImportId) -> Response:
    """Forget an import that was never committed."""
    desk = importer.desk
    discard(desk, id)
    return lead_to(None, "?done=discarded")


def _columns(importer: Importer, what: tuple[Import, Columns], form: Form, refused: words.Refusal | None) -> Response:
    visitor, (this, found) = importer.visitor, what
    typed_or_told = {
        "name_pattern": found.mapping.name_pattern,
        "kind_default": found.mapping.kind_default,
        "duplicates": found.mapping.duplicates,
        "sheet": found.layout.sheet or "",
        **form.values,
    }
    return visitor.page(
        "import_columns.html",
        me=visitor.me(),
        status=422 if form.values else 200,
        this=this,
        form=Form(values=typed_or_told, faults=form.faults),
        refusal=refused,
        columns=list(roles.choices(found, form.values)),
        groups=(("What it says of the place", roles.PLACE), ("Where it is", roles.position_roles(found.mapping))),
        sheets=[(sheet, sheet) for sheet in found.layout.sheets],
        has_shapes=found.layout.has_geometry,
        kinds=[(kind, in_words(kind)) for kind in site_kinds(importer.desk)],
    )
