"""The manifests: valid, bounded, and fitting each other and the bot."""

from __future__ import annotations

import kubernetes_validate
import pytest
import yaml

from bot.server.supervisor import DRAIN

from .files import DEPLOY, manifest, manifests, pods

ALL = manifests()
CONTAINERS = [container for pod in pods() for container in pod["spec"]["containers"]]


def named(each):
    return f"{each['kind']}-{each['metadata']['name']}"


@pytest.mark.parametrize("document", ALL, ids=named)
def test_a_manifest_is_valid(document):
    kubernetes_validate.validate(document, "1.28", strict=True)


def test_every_manifest_is_part_of_a_kustomization():
    for path in (DEPLOY / "kubernetes").glob("*/kustomization.yaml"):
        files = {each.name for each in path.parent.glob("*.yaml")} - {"kustomization.yaml"}
        assert set(yaml.safe_load(path.read_text())["resources"]) == files


def test_bots_and_migration_are_of_the_same_image():
    images = [
        yaml.safe_load((DEPLOY / f"kubernetes/{name}/kustomization.yaml").read_text())["images"]
        for name in ("base", "migrate")
    ]
    assert images[0] == images[1]
    assert {"policy-bot"} == {
        manifest(kind, name)["spec"]["template"]["spec"]["containers"][0]["image"]
        for kind, name in (("Deployment", "policy-bot"), ("Job", "policy-bot-migrate"))
    }


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda each: each["name"])
def test_a_container_is_bounded_and_may_do_nothing(container):
    assert {"cpu", "memory"} == set(container["resources"]["limits"]) == set(container["resources"]["requests"])
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert container["image"] == "policy-bot" or container["image"].rpartition(":")[2] not in ("", "latest")


@pytest.mark.parametrize("pod", pods(), ids=lambda each: each["metadata"]["labels"]["app"])
def test_a_pod_is_not_root_and_knows_nothing_of_the_cluster(pod):
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert pod["spec"]["automountServiceAccountToken"] is False
    volumes = {each["name"] for each in pod["spec"]["volumes"]} | {"data"}
    assert all(
        mount["name"] in volumes for container in pod["spec"]["containers"] for mount in container["volumeMounts"]
    )


def test_a_change_takes_nobody_out_before_another_is_in():
    spec = manifest("Deployment", "policy-bot")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert "replicas" not in spec  # the autoscaler's
    assert manifest("HorizontalPodAutoscaler", "policy-bot")["spec"]["minReplicas"] >= 2


def test_a_pod_has_the_time_to_drain():
    spec = manifest("Deployment", "policy-bot")["spec"]["template"]["spec"]
    wait = int(spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert spec["terminationGracePeriodSeconds"] > wait + DRAIN


def test_selectors_find_their_pods():
    labels = {pod["metadata"]["labels"]["app"] for pod in pods()}
    for each in ALL:
        if each["kind"] == "Service":
            assert each["spec"]["selector"]["app"] in labels
        if each["kind"] in ("PodDisruptionBudget", "Deployment", "StatefulSet"):
            assert each["spec"]["selector"]["matchLabels"]["app"] in labels
        if each["kind"] == "NetworkPolicy":
            assert each["spec"]["podSelector"].get("matchLabels", {"app": "redis"})["app"] in labels


def test_every_pod_has_a_policy_of_its_own():
    allowed = {
        each["spec"]["podSelector"].get("matchLabels", {}).get("app") for each in ALL if each["kind"] == "NetworkPolicy"
    }
    assert {pod["metadata"]["labels"]["app"] for pod in pods()} | {None} == allowed


def test_the_template_of_the_secret_has_no_values_and_all_the_keys():
    secret = manifest("Secret", "policy-bot")
    assert set(secret["stringData"].values()) == {""}
    files = {
        value.rpartition("/")[2]
        for name, value in manifest("ConfigMap", "policy-bot")["data"].items()
        if name.endswith("_FILE")
    }
    assert files == set(secret["stringData"])
