"""What pyxform writes means what our own phones mean; what comes back reads as our own phones would say it."""

import random
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.forms import logic
from lianfang.ground.forms.expressions import World, compiled, evaluate
from lianfang.ground.forms.terms import Choice, Form, FormDocument, Question, QuestionType, Section
from lianfang.ground.forms.tests.builders import a_question
from lianfang.ground.forms.tests.drawn import SCOPE
from lianfang.ground.posture.terms import Words
from lianfang.interop.openrosa import xform
from lianfang.interop.openrosa.terms import InexpressibleError
from lianfang.interop.openrosa.xpath import XPath

WHERE = (Choice("home", Words("在家", "Home")), Choice("away", Words("外出", "Away")))
QUESTIONS = (
    a_question("fever", "有人发热吗?", "Fever?"),
    a_question(
        "days", "几天了?", "Days?", type=QuestionType.INTEGER, relevant="${fever} = 'yes'", constraint=". <= 30"
    ),
    a_question("where_to", "去哪里?", "Where?", type=QuestionType.CHOICE, choices=WHERE, required="${days} > 3"),
    a_question("needs", "要什么?", "Needs?", type=QuestionType.CHOICES, choices=WHERE, section="help"),
    a_question("long", "", "", type=QuestionType.CALCULATE, calculation="${days} * 2"),
    a_question("bags", "几袋?", "Bags?", type=QuestionType.DECIMAL, section="each", relevant="${long} > 4"),
)
SECTIONS = (
    Section("help", Words("帮忙", "Help"), relevant="${where_to} != 'home'"),
    Section("each", Words("每次", "Each"), repeats=True),
)


def document(*questions: Question, sections: tuple[Section, ...] = SECTIONS) -> FormDocument:
    form = Form("sweep", Words("排查", "Sweep"), questions or QUESTIONS, sections)
    return FormDocument(UUID(int=1), 3, form.title, logic.asked_questions(form), (), logic.asked_sections(form))


def written(form: FormDocument | None = None) -> Any:
    return etree.fromstring(xform.written(form or document(), id="lianfang_1", title="排查"))


def binds(root: Any) -> dict[str, dict[str, str]]:
    found = root.iter("{http://www.w3.org/2002/xforms}bind")
    return {bind.get("nodeset").rsplit("/", 1)[1]: dict(bind.attrib) for bind in found}


def test_it_is_an_xform_of_the_campaign_in_its_version() -> None:
    root = written()
    (instance,) = root.xpath("//*[local-name()='instance'][1]/*")
    assert (instance.get("id"), instance.get("version")) == ("lianfang_1", "3")
    assert root.xpath("//*[local-name()='instance'][@src='jr://file-csv/doors.csv']")
    assert {"instanceID", "_end", "_door", "_outcome", "_people", "fever", "bags"} <= binds(root).keys()
    assert "long" not in binds(root)
    assert "有人发热吗?" in etree.tostring(root, encoding="unicode")


def test_a_question_that_depends_on_the_unanswered_is_not_asked() -> None:
    """XPath takes missing for empty text; so every comparison says first that there is an answer."""
    found = binds(written())
    assert found["help"]["relevant"].startswith("(") and "!= ''" in found["help"]["relevant"]
    assert found["days"]["relevant"].count("fever") == 2
    assert found["where_to"]["required"].count("days") == 2
    assert found["days"]["constraint"].startswith("not(")


# --- the same meaning, drawn -----------------------------------------------------------------------------------------

_ASKED = {
    code: logic.asked_questions(Form("x", Words("", ""), (a_question(code, type=type, choices=choices),)))[0]
    for code, type, choices in (
        ("n", QuestionType.INTEGER, ()),
        ("m", QuestionType.DECIMAL, ()),
        ("yes", QuestionType.YES_NO, ()),
        ("no", QuestionType.YES_NO, ()),
        ("one", QuestionType.CHOICE, tuple(Choice(each, Words(each, each)) for each in "abc")),
        ("some", QuestionType.CHOICES, tuple(Choice(each, Words(each, each)) for each in "abc")),
    )
}


def _drawn(draw: random.Random, depth: int) -> str:
    if depth and draw.random() < 0.6:
        word = draw.choice(("and", "or"))
        return f"({_drawn(draw, depth - 1)} {word} {_drawn(draw, depth - 1)})"
    if depth and draw.random() < 0.4:
        return f"not({_drawn(draw, depth - 1)})"
    sign, number = draw.choice(("=", "!=", "<", "<=", ">", ">=")), draw.choice((0, 1, 2, 12))
    return draw.choice(
        (
            f"${{n}} {sign} {number}",
            f"${{n}} + 1 {sign} ${{m}} * 2",
            f"${{yes}} {draw.choice(('=', '!='))} 'yes'",
            f"${{one}} {draw.choice(('=', '!='))} '{draw.choice('abc')}'",
            f"selected(${{some}}, '{draw.choice('abc')}')",
            f"${{{draw.choice(('n', 'one', 'no'))}}} {draw.choice(('=', '!='))} ''",
        )
    )


def _in_xpath(said: str, answers: dict[str, Any]) -> bool:
    for code in _ASKED:
        said = said.replace(f"${{{code}}}", f"'{_as_text(answers.get(code))}'")
    space = etree.FunctionNamespace(None)
    space["selected"] = lambda _, many, one: one in many.split()
    return bool(etree.XPath(said)(etree.Element("x")))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def test_a_thousand_conditions_mean_in_xpath_what_they_mean_to_us() -> None:
    draw = random.Random(5)
    seen = set()
    for _ in range(1000):
        tree = compiled(_drawn(draw, 3), scope=SCOPE).tree
        answers = {
            "n": draw.choice((None, 0, 1, 2, 12)),
            "m": draw.choice((None, 0, 0.5, 2)),
            "yes": draw.choice((None, True, False)),
            "no": draw.choice((None, True, False)),
            "one": draw.choice((None, *"abc")),
            "some": draw.choice((None, ["a"], ["a", "c"])),
        }
        ours = evaluate(tree, World(answers.get, lambda repeat: [], "2021-12-10"))
        theirs = [_in_xpath(XPath(_ASKED).certainly(tree, is_true=is_true), answers) for is_true in (True, False)]
        assert theirs == [ours is True, ours is False], (tree, answers)
        seen.add(ours)
    assert seen == {True, False, None}


@pytest.mark.parametrize(
    "source", ["${day} > '2021-12-01'", "concat(${t}, 'x') = 'ax'", "${n} div 2 = 1", "count-selected(${some}) = 2"]
)
def test_what_xpath_cannot_say_is_named_and_not_offered(source: str) -> None:
    questions = [
        a_question(code, type=type, choices=WHERE if type is QuestionType.CHOICES else ())
        for code, type in (
            ("day", QuestionType.DATE),
            ("t", QuestionType.TEXT),
            ("n", QuestionType.INTEGER),
            ("some", QuestionType.CHOICES),
        )
    ]
    with pytest.raises(InexpressibleError):
        xform.written(document(*questions, a_question(relevant=source), sections=()), id="x", title="x")


# --- read back -------------------------------------------------------------------------------------------------------

META = "<meta><instanceID>uuid:0197c5d2-7a4e-7c3b-9f10-0123456789ab</instanceID></meta>"


def instance(inside: str, meta: str = META) -> bytes:
    return f'<data id="lianfang_1" version="3" xmlns:jr="http://openrosa.org/javarosa">{inside}{meta}</data>'.encode()


def test_a_filled_form_reads_as_our_own_phone_would_say_it() -> None:
    asked = (
        "<_asked><fever>yes</fever><days>4</days><where_to>away</where_to><help><needs>home away</needs></help>"
        "<each><bags>1.5</bags></each><each><bags>2</bags></each></_asked>"
    )
    read = xform.read(instance(f"<_door>x</_door><_outcome>done</_outcome>{asked}"))
    assert (read.form, read.version, str(read.id)[:8]) == ("lianfang_1", "3", "0197c5d2")
    assert xform.answers(read, document()) == {
        "fever": True,
        "days": 4,
        "where_to": "away",
        "needs": ["home", "away"],
        "each": [{"bags": 1.5}, {"bags": 2.0}],
    }


def test_what_does_not_read_as_its_type_is_kept_as_text_and_strangers_are_left_out() -> None:
    read = xform.read(instance("<_asked><fever>maybe</fever><days>many</days><evil>x</evil></_asked>"))
    assert xform.answers(read, document()) == {"fever": "maybe", "days": "many"}


@pytest.mark.parametrize(
    "xml, code",
    [
        (instance("")[:-20], "openrosa.unreadable"),
        (b"", "openrosa.unreadable"),
        (b"<data/>", "openrosa.unreadable"),
        (instance("", ""), "openrosa.unreadable"),
        (instance("<a>1</a>", "<meta/>"), "openrosa.no_instance_id"),
        (instance("<a>1</a>", "<meta><instanceID>uuid:7</instanceID></meta>"), "openrosa.no_instance_id"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><data><a>&a;</a></data>', "openrosa.unreadable"),
        (b"<a>" * 40 + b"</a>" * 40, "openrosa.unreadable"),
        (instance("<a>1</a>" * 6000), "openrosa.unreadable"),
        (instance("x" * (2 << 20)), "wire.too_large"),
    ],
)
def test_half_a_form_and_what_is_up_to_no_good_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        xform.read(xml)
    assert refused.value.code == code
