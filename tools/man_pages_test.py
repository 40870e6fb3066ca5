import pytest

import man_pages


def test_links_within_the_documents_are_their_words():
    text = "see [limits](limits.md#x) and [the RFC](https://www.rfc-editor.org/rfc/rfc1939)"
    assert man_pages.without_links(text) == \
        "see limits and [the RFC](https://www.rfc-editor.org/rfc/rfc1939)"


@pytest.mark.parametrize("page", man_pages.PAGES, ids=lambda page: page[0])
def test_each_page_has_a_name_and_sections(page, tmp_path):
    text = man_pages.markdown_of(*page, tmp_path)
    assert f"# NAME\n\n{page[0]} - " in text
    assert "](" not in text.replace("](http", "")
    if page[3]:
        assert text.count("\n# ") >= 3, "the document's headings are sections"


def test_a_program_tells_its_options(tmp_path):
    program = tmp_path / "restanted"
    program.write_text("#!/bin/sh\necho options of $1\n")
    program.chmod(0o755)
    assert "    options of --help\n" in man_pages.markdown_of(*man_pages.PAGES[0], tmp_path)
