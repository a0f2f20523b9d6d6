"""One run of a program: what it sees, what it leaves behind, how it fails."""

import json
import os
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime.settings import ROOT

from offline import StackFile, run
from stackfile.source import STACK_FILE


@pytest.fixture
def program(tmp_path):
    """Return what runs a program of a few lines."""

    def go(text, *, preview=False, shop=None, config=None, secrets=()):
        (tmp_path / "__main__.py").write_text(f"import pulumi\nimport pulumi_random\n{text}\n")
        tree = {"cluster": {"context": "kind-here"}, **(shop or {})}
        settings = {"openmage:shop": json.dumps(tree), **(config or {})}
        stack_file = StackFile("test", tmp_path / "none", settings, frozenset(secrets))
        return run(stack_file, root=tmp_path, preview=preview)

    return go


def test_a_refusal_of_the_program_keeps_its_text(program):
    with pytest.raises(pulumi.RunError, match="no shop without a name"):
        program("raise pulumi.RunError('no shop without a name')")


@pytest.mark.parametrize(
    "text",
    [
        "raise LookupError('broken')",
        "import components; components.nothing_of_that_name",
        "pulumi_random.RandomPassword('p', length='x' + 1)",
    ],
)
def test_a_fault_in_the_program_is_not_swallowed(program, text):
    with pytest.raises((LookupError, AttributeError, TypeError)):
        program(text)


def test_a_second_run_knows_nothing_of_the_first(program):
    first = program(
        "pulumi_random.RandomPassword('p', length=8)",
        config={"openmage:adminPassword": "hush"},
        secrets={"openmage:adminPassword"},
    )
    second = program(
        "if pulumi.Config('openmage').get('adminPassword'): raise ValueError('remembered')\n"
        "from pulumi.runtime.config import is_config_secret\n"
        "if is_config_secret('openmage:adminPassword'): raise ValueError('still secret')"
    )
    assert [resource.name for resource in first] == ["p"]
    assert [resource.name for resource in second] == []


def test_a_stack_that_is_there_already_is_not_taken_for_the_program_s(program):
    left_behind = ROOT.set(pulumi.Resource.__new__(pulumi.Resource))
    try:
        assert program("pulumi.export('is', 'there')").exports == {"is": "there"}
    finally:
        ROOT.reset(left_behind)


def test_the_same_program_gives_the_same_graph_each_time(program):
    text = "[pulumi_random.RandomPassword(f'p{n}', length=8 + n) for n in range(20)]"
    first, second = program(text), program(text)
    assert len(list(first)) == 20
    # Pulumi registers at the same time what does not wait for each other: order means nothing.
    assert first.resources == second.resources


def test_the_program_sees_its_own_folder_and_a_cluster_of_the_stacks_context(program, tmp_path):
    program(
        "import json, os\n"
        "from pathlib import Path\n"
        "seen = {'here': os.getcwd(), 'kube': Path(os.environ['KUBECONFIG']).read_text()}\n"
        "Path('seen.json').write_text(json.dumps(seen))"
    )
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert Path(seen["here"]) == tmp_path
    [context] = json.loads(seen["kube"])["contexts"]
    assert context["name"] == "kind-here"


def test_the_cluster_is_at_the_address_that_the_stack_names(program, tmp_path):
    shop = {"cluster": {"context": "c", "server": "https://10.0.0.1:6443"}}
    program("import os, shutil; shutil.copy(os.environ['KUBECONFIG'], 'kubeconfig')", shop=shop)
    [cluster] = json.loads((tmp_path / "kubeconfig").read_text())["clusters"]
    assert cluster["cluster"]["server"] == "https://10.0.0.1:6443"


@pytest.mark.parametrize("text", ["", "raise pulumi.RunError('no')"])
@pytest.mark.parametrize("kubeconfig", [None, "/somewhere/kubeconfig"])
def test_a_run_leaves_folder_and_kubeconfig_as_they_were(program, monkeypatch, text, kubeconfig):
    if kubeconfig is None:
        monkeypatch.delenv("KUBECONFIG", raising=False)
    else:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    here = Path.cwd()
    try:
        program(text)
    except pulumi.RunError:
        assert text
    assert Path.cwd() == here
    assert os.environ.get("KUBECONFIG") == kubeconfig
    assert STACK_FILE not in os.environ


def test_a_resource_made_of_an_unknown_value_shows_in_an_update_only(program):
    # What the whole program must not do is told apart here: else the claim on it could not fail.
    text = (
        "import pulumi_kubernetes as k8s\n"
        "password = pulumi_random.RandomPassword('p', length=8)\n"
        "password.result.apply(lambda r: k8s.core.v1.ConfigMap('late', data={'r': r}))"
    )
    assert [resource.name for resource in program(text)] == ["p", "late"]
    assert [resource.name for resource in program(text, preview=True)] == ["p"]


def test_a_password_has_the_length_that_was_asked_for(program):
    graph = program(
        "import pulumi_kubernetes as k8s\n"
        "password = pulumi_random.RandomPassword('p', length=12)\n"
        "k8s.core.v1.Secret('s', metadata={}, string_data={'p': password.result})"
    )
    data = graph.one("Secret", "s").inputs["stringData"].value
    assert len(data["p"]) == 12
