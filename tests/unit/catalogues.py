#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogues fit the sources: po/gerbang.pot is what xgettext finds today; each language says everything, with the same places for
values and no markup; msgfmt has nothing to say; the visitors' document quotes what the pages say.

    catalogues.py SOURCE_ROOT
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOP = sys.argv.pop(1) if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]) else "."
PO = os.path.join(TOP, "po")
EXTRACT = ["xgettext", "-D", TOP, "-f", os.path.join(PO, "POTFILES"), "--from-code=UTF-8", "--keyword", "--keyword=N_",
           "--keyword=text_of:2", "--keyword=say:2", "--no-wrap", "--sort-by-file"]
# Words that are the same in Indonesian.
SAME = {"April", "September", "November"}
# Printed in bold there too: a phone's own setting. Questions are headings.
THE_PHONES = {"DNS pribadi", "Private DNS"}


def unquote(lines):
    return "".join(re.findall(r'"(.*)"', lines)).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def entries(path):
    """msgid -> msgstr of a .po file, without its head."""
    with open(path, encoding="utf-8") as file:
        found = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', file.read(), re.M)
    return {unquote(key): unquote(text) for key, text in found if unquote(key)}


def languages():
    with open(os.path.join(PO, "LINGUAS")) as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


class Catalogues(unittest.TestCase):
    def test_the_template_is_what_the_sources_say(self):
        with tempfile.TemporaryDirectory() as directory:
            today = os.path.join(directory, "today.pot")
            subprocess.run(EXTRACT + ["-o", today], check=True)
            self.assertEqual(set(entries(today)), set(entries(os.path.join(PO, "gerbang.pot"))),
                             "po/gerbang.pot is old: ninja -C build gerbang-pot gerbang-update-po")

    def test_every_source_with_texts_is_listed(self):
        with open(os.path.join(PO, "POTFILES")) as file:
            listed = set(file.read().split())
        speaking = set()
        for name in os.listdir(os.path.join(TOP, "portal")):
            with open(os.path.join(TOP, "portal", name), encoding="utf-8") as file:
                if name.endswith(".c") and re.search(r'\b(N_|say|text_of)\([^)]*"', file.read()):
                    speaking.add("portal/" + name)
        self.assertEqual(speaking, listed)

    def test_every_text_is_translated_with_its_places(self):
        for language in languages():
            for english, text in entries(os.path.join(PO, language + ".po")).items():
                with self.subTest(language=language, english=english):
                    self.assertTrue(text, "not translated")
                    self.assertEqual(text.count("{}"), english.count("{}"))
                    self.assertFalse(set("<>&") & set(text + english), "markup")
                    self.assertTrue(text != english or english in SAME, "the same as in English")

    def test_nothing_is_missing_or_too_much(self):
        for language in languages():
            self.assertEqual(set(entries(os.path.join(PO, language + ".po"))), set(entries(os.path.join(PO, "gerbang.pot"))), language)

    def test_msgfmt_is_content(self):
        for language in languages():
            with open(os.path.join(PO, language + ".po"), encoding="utf-8") as file:
                self.assertNotIn("fuzzy", file.read())
            subprocess.run(["msgfmt", "--check", "-o", os.devnull, os.path.join(PO, language + ".po")], check=True)

    def test_what_the_visitors_document_quotes_is_on_the_page(self):
        with open(os.path.join(TOP, "docs", "visitors.md"), encoding="utf-8") as file:
            quoted = re.findall(r"\*\*(.+?)\*\*", file.read())
        pairs = entries(os.path.join(PO, "id.po"))
        said = {text.replace("{}", "").strip(" .") for text in [*pairs, *pairs.values()]}
        quoted = [text for text in quoted if not text.endswith("?") and text not in THE_PHONES]
        self.assertEqual([text for text in quoted if text not in said], [], "what no page says")
        self.assertGreaterEqual(len(quoted), 8)


unittest.main(verbosity=2)
