"""Whether a question leans on what was said before, and how, is told from its own words."""

import pytest

from retrieval.query.follow_up import FollowUpForm, detect_follow_up


@pytest.mark.parametrize(
    ("question", "form", "words"),
    [
        ("¿y para las mujeres?", FollowUpForm.NARROWED, "para las mujeres"),
        ("and for women?", FollowUpForm.NARROWED, "for women"),
        ("et pour les femmes ?", FollowUpForm.NARROWED, "pour les femmes"),
        ("e para as mulheres?", FollowUpForm.NARROWED, "para as mulheres"),
        ("وبالنسبة للنساء؟", FollowUpForm.NARROWED, "بالنسبة للنساء"),
        ("وماذا عن النساء؟", FollowUpForm.REPLACED, "النساء"),
        ("what about unaccompanied minors?", FollowUpForm.REPLACED, "unaccompanied minors"),
        ("¿y las remesas?", FollowUpForm.REPLACED, "las remesas"),
        ("¿y qué hay de las remesas?", FollowUpForm.REPLACED, "las remesas"),
        ("No, I meant return migration", FollowUpForm.CORRECTION, "return migration"),
        ("no, me refería a la migración de retorno", FollowUpForm.CORRECTION, "la migración de retorno"),
        ("non, je voulais dire la traite", FollowUpForm.CORRECTION, "la traite"),
        ("não, quis dizer a fuga de cérebros", FollowUpForm.CORRECTION, "a fuga de cérebros"),
        ("لا، أقصد هجرة الأدمغة", FollowUpForm.CORRECTION, "هجرة الأدمغة"),
        ("sí", FollowUpForm.YES, None),
        ("oui, s'il vous plaît", FollowUpForm.YES, None),
        ("yes please", FollowUpForm.YES, None),
        ("نعم", FollowUpForm.YES, None),
        ("what else?", FollowUpForm.REST, None),
        ("¿qué más?", FollowUpForm.REST, None),
        ("más", FollowUpForm.REST, None),
        ("the rest", FollowUpForm.REST, None),
        ("tell me more", FollowUpForm.REST, None),
        ("why?", FollowUpForm.WHY, None),
        ("¿por qué?", FollowUpForm.WHY, None),
        ("لماذا؟", FollowUpForm.WHY, None),
        ("explain the second", FollowUpForm.MARKED, None),
        ("la tercera", FollowUpForm.MARKED, None),
        ("[2]", FollowUpForm.MARKED, None),
        ("number 3", FollowUpForm.MARKED, None),
        ("the last one", FollowUpForm.MARKED, None),
        ("and who recommended it?", FollowUpForm.SHOWN, None),
        ("is it mandatory?", FollowUpForm.SHOWN, None),
        ("¿a quién se dirige eso?", FollowUpForm.SHOWN, None),
        ("¿es obligatoria?", FollowUpForm.SHOWN, None),
        ("go back to the first question", FollowUpForm.BACK, None),
        ("does it lead to citizenship?", FollowUpForm.ABOUT_IT, None),
        # questions of their own
        ("What does it say on recognition of diplomas?", FollowUpForm.ALONE, None),
        ("¿Quién fue el relator?", FollowUpForm.ALONE, None),
        (
            "and what does the report say on trafficking?",
            FollowUpForm.ALONE,
            "what does the report say on trafficking?",
        ),
        ("return migration", FollowUpForm.ALONE, None),
        ("عودة المهاجرين", FollowUpForm.ALONE, None),
        ("ما هو الدعم المهم للمدارس؟", FollowUpForm.ALONE, None),
        ("هل التعليم مهم للنساء؟", FollowUpForm.ALONE, None),
        ("هل مدارسها مجانية؟", FollowUpForm.ABOUT_IT, None),
        ("the second roundtable", FollowUpForm.ALONE, None),
        ("¿Qué más dice sobre las remesas?", FollowUpForm.ALONE, None),
        ("how many recommendations are there?", FollowUpForm.ALONE, None),
        ("list all the recommendations", FollowUpForm.ALONE, None),
        ("recomendación 7 de la mesa 1.2", FollowUpForm.ALONE, None),
        ("in countries of destination, who should fight xenophobia and discrimination?", FollowUpForm.ALONE, None),
    ],
)
def test_how_a_question_leans(question: str, form: FollowUpForm, words: str | None) -> None:
    lean = detect_follow_up(question)
    assert lean.form is form
    assert words is None or lean.words == words
