import pathlib

import mutate
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_every_mutation_fits_the_sources():
    for mutation in mutate.read_mutations(ROOT / "sim/mutations.toml", []):
        text = (ROOT / mutate.STORE / mutation["file"]).read_text()
        assert mutate.mutated(text, mutation) != text, mutation["name"]


def test_a_text_that_is_gone_or_stands_twice_is_refused():
    mutation = {"old": "sync();", "new": "", "file": "x.cc"}
    with pytest.raises(ValueError, match="0 times"):
        mutate.mutated("nothing", mutation)
    with pytest.raises(ValueError, match="2 times"):
        mutate.mutated("sync(); sync();", mutation)
    assert mutate.mutated("a sync(); b", mutation) == "a  b"


def test_the_failing_seed_is_read_from_what_the_simulation_prints():
    out = "...\nFAILED: seed 42 (name), step 7\nmessage 3 is gone\nreplay: ...\n"
    assert mutate.first_failure(out, "") == (42, "message 3 is gone")
    assert mutate.first_failure("", "the program aborted in seed 00000000000000000012\n")[0] == 12
    assert mutate.first_failure("50000 runs, 1 steps in 3 s\n", "") is None


def test_unknown_names_are_said():
    with pytest.raises(SystemExit, match="no-such"):
        mutate.read_mutations(ROOT / "sim/mutations.toml", ["no-such"])


def test_seeds_replace_the_old_ones_and_keep_the_rest(tmp_path):
    path = tmp_path / "seeds.txt"
    path.write_text("# comment\nfound-once 7\nnew 1\n")
    mutate.write_seeds(path, [("new", 5)])
    assert path.read_text() == "# comment\nfound-once 7\nnew 5\n"


def test_known_seeds_are_by_name(tmp_path):
    path = tmp_path / "seeds.txt"
    path.write_text("# name, seed\nappend-sync 2\nfalse-alarm 17\n")
    assert mutate.known_seeds(path) == {"append-sync": 2, "false-alarm": 17}
