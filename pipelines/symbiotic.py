"""One round as a Kubeflow pipeline. Compiled to `symbiotic.yaml`, which a laptop and a cluster both execute.

    preflight -> propose -> explore(teacher) -> explore(speculative) -> explore(student)    in parallel shards
              -> synthesize -> distill -> evaluate(student, champion, teacher, teacher without knowledge,
                                                chance: at random, stopping at once)    each in shards, then gathered
              -> detect -> promote -> report
    finish    whatever became of it

Preflight reads recipe and place and hands every stage its own section as JSON, so that a change of one section leaves
the others' cache keys alone, and the job that it made. Values that are only passed to say "after this" are digests:
real inputs, real keys.
"""

from functools import partial

from kfp import dsl, kubernetes
from kfp.dsl.graph_component import GraphComponent

from components.detect.component import detect
from components.distill.component import distill
from components.evaluate.component import evaluate
from components.explore.component import explore
from components.finish.component import finish
from components.image import VARIABLE
from components.place import Place
from components.preflight.component import preflight
from components.promote.component import promote
from components.propose.component import propose
from components.report.component import report
from components.synthesize.component import synthesize
from pipelines.compile import GROUP
from pipelines.pods import dress, lifetime

DOCUMENTS = "/etc/symbiont"
"""Where preflight looks for recipes and places (`components/documents/named.py`)."""


def give_documents(task: dsl.PipelineTask) -> None:
    for kind in ("recipes", "places"):
        name, folder = f"symbiont-{kind}", f"{DOCUMENTS}/{kind}"
        kubernetes.use_config_map_as_volume(task, config_map_name=name, mount_path=folder, optional=True)


def round_for(place: Place) -> GraphComponent:
    """The round, in the pods of a place, which is also the form's where it names no other."""
    pods = place.pods
    dressed = partial(dress, pods=pods, work=place.work)

    @dsl.pipeline(name="explore-phase")  # type: ignore[untyped-decorator]
    def explore_phase(
        config: str,
        job: str,
        tasks: str,
        play: str,
        teacher: str,
        mode: str,
        shards: list,  # type: ignore[type-arg]
    ) -> None:
        """One mode in parallel shards.

        A pipeline of its own because kfp.local hands a loop's body the loop's item in place of every other task's
        output; what a nested pipeline was given as an input arrives as it is.
        """
        with dsl.ParallelFor(items=shards, name="shards") as shard:
            explored = explore(config=config, job=job, tasks=tasks, play=play, teacher=teacher, mode=mode, shard=shard)
            dressed(explored, "explore")

    @dsl.pipeline(name="evaluate-shards")  # type: ignore[untyped-decorator]
    def evaluate_shards(
        config: str,
        job: str,
        tasks: str,
        play: str,
        teacher: str,
        role: str,
        after: str,
        shards: list,  # type: ignore[type-arg]
    ) -> None:
        """The shards of one evaluation, in parallel; none where the place has it in one piece."""
        with dsl.ParallelFor(items=shards, name="shards") as shard:
            played = evaluate(
                config=config, job=job, tasks=tasks, play=play, teacher=teacher, role=role, after=after, shard=shard
            )
            dressed(played, "evaluate")

    @dsl.pipeline(  # type: ignore[untyped-decorator]
        name="symbiotic-round",
        description="The student learns from the teacher, and the teacher from both.",
        pipeline_config=lifetime(pods),
    )
    def symbiotic_round(
        recipe: str = "laptop",
        place: str = place.name,
        run: str = "main",
        round: int = 0,
        seed: int = 0,
        overrides: str = "",
    ) -> None:
        """One round of one run.

        Args:
            recipe: What to do: the name of a recipe (shipped, or in the ConfigMap symbiont-recipes), or its YAML.
            place: Where to do it: the name of a place (shipped, or in the ConfigMap symbiont-places), or its YAML.
            run: Name of the line of rounds. Knowledge, examples, student and champion carry over from round to round.
            round: 0 does the next round, or goes on with the one that is unfinished; a number does that one.
            seed: Another seed explores other pages and trains in another order.
            overrides: Changes to the recipe as YAML, for instance {distill: {steps: 800}}.
        """
        ended = dressed(finish(place=place, run=run), "finish").set_caching_options(False)
        give_documents(ended)
        with dsl.ExitHandler(ended, name=GROUP):
            checked = preflight(
                recipe=recipe,
                place=place,
                run=run,
                round=round,
                seed=seed,
                overrides=overrides,
                pods=pods.model_dump_json(),
            )
            dressed(checked, "preflight").set_caching_options(False)
            give_documents(checked)
            job, play, teacher = (checked.outputs[name] for name in ("job", "play", "teacher"))
            proposed = propose(
                config=checked.outputs["propose"], job=job, tasks=checked.outputs["tasks"], play=play, teacher=teacher
            )
            dressed(proposed, "propose")
            tasks = proposed.outputs["Output"]

            before = None
            for mode in ("teacher", "speculative", "student"):
                explored = explore_phase(
                    config=checked.outputs["explore"],
                    job=job,
                    tasks=tasks,
                    play=play,
                    teacher=teacher,
                    mode=mode,
                    shards=checked.outputs["explore_shards"],
                )
                if before is not None:
                    explored.after(before)
                before = explored

            examples = synthesize(config=checked.outputs["synthesize"], job=job, tasks=tasks).after(before)
            model = distill(config=checked.outputs["distill"], job=job, examples=examples.outputs["Output"])

            evaluations = {}
            for role in ("student", "champion", "teacher", "teacher_without_knowledge", "random", "stop"):
                arguments = {
                    "config": checked.outputs["evaluate"],
                    "job": job,
                    "tasks": tasks,
                    "play": play,
                    "teacher": teacher,
                    "role": role,
                    "after": model.outputs["Output"],
                }
                shards = evaluate_shards(**arguments, shards=checked.outputs["evaluate_shards"])
                evaluations[role] = evaluate(**arguments, shard="0/1").after(shards)
                called = f"evaluate {role.replace('_', ' ')}"
                shards.set_display_name(f"{called} in shards")
                evaluations[role].set_display_name(called)

            verdict = detect(
                config=checked.outputs["detect"],
                job=job,
                teacher=teacher,
                model=model.outputs["Output"],
                student=evaluations["student"].outputs["Output"],
            )
            decision = promote(
                config=checked.outputs["promote"],
                job=job,
                model=model.outputs["Output"],
                verdict=verdict.outputs["Output"],
                student=evaluations["student"].outputs["Output"],
                champion=evaluations["champion"].outputs["Output"],
            )
            page = report(
                config=checked.outputs["report"],
                job=job,
                tasks=tasks,
                decision=decision.outputs["Output"],
                teacher=evaluations["teacher"].outputs["Output"],
                teacher_without_knowledge=evaluations["teacher_without_knowledge"].outputs["Output"],
                random=evaluations["random"].outputs["Output"],
                stop=evaluations["stop"].outputs["Output"],
            )
            stages = {"synthesize": examples, "distill": model, "detect": verdict, "promote": decision, "report": page}
            for stage, task in [*stages.items(), *(("evaluate", evaluation) for evaluation in evaluations.values())]:
                dressed(task, stage)
            model.set_env_variable(VARIABLE, pods.image("distill"))

    return symbiotic_round
