"""What is asked before the round of a hybrid teacher: its detector, and whether its student is served at home."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.agents.config import ChatConfig, HybridConfig
from components.errors import InputError
from components.place import Place
from components.preflight.config import Recipe
from components.preflight.run import check_student, endpoint_questions
from components.privacy.config import DetectorModel, PrivacyConfig
from components.serving.config import Deployment, Given
from tests.components.agents.protocol_server import Answer, serve

AWAY = Given(base_url="http://gpu.intern/v1")


def a_recipe(privacy: PrivacyConfig) -> Recipe:
    chat = ChatConfig(model="m", base_url="http://127.0.0.1:9/v1")
    teacher = HybridConfig(remote=chat, local=chat, privacy=privacy)
    return Recipe.model_validate({"name": "mine", "teacher": teacher.model_dump(mode="json")})


def test_a_student_served_elsewhere_is_refused_unless_its_host_is_home(tmp_path: Path) -> None:
    place = Place(name="here", serving=AWAY)
    with pytest.raises(InputError, match=r"gpu\.intern/v1 is not at home") as error:
        check_student(a_recipe(PrivacyConfig()), place, work=tmp_path)
    assert "teacher.privacy.home" in error.value.fix
    check_student(a_recipe(PrivacyConfig(home=("gpu.intern",))), place, work=tmp_path)
    check_student(Recipe(name="mine"), place, work=tmp_path)


def test_a_student_beside_a_hybrid_teacher_is_served_by_no_deployment_of_the_round(tmp_path: Path) -> None:
    place = Place(name="here", serving=Deployment())
    with pytest.raises(InputError, match="requests to the student are tokens") as error:
        check_student(a_recipe(PrivacyConfig(home=("gpu.intern",))), place, work=tmp_path)
    assert error.value.where == "serving.kind"
    check_student(Recipe(name="mine"), place, work=tmp_path)


def test_a_detector_that_does_not_answer_is_named() -> None:
    with serve(Answer(status=404), Answer("[PRIVATE NOT FIND]")) as server:
        model = DetectorModel(model="gaurd", base_url=server.url)
        questions = endpoint_questions(a_recipe(PrivacyConfig(model=model)))
        (asked,) = (each for each in questions if each.about == "teacher.privacy: gaurd")
        with pytest.raises(InputError, match="'gaurd' gives no answer"):
            asked.ask()
        asked.ask()
