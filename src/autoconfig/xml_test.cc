#include "autoconfig/xml.h"

#include <gmock/gmock.h>

namespace restante::autoconfig {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(Xml, ReadsElementsAttributesAndText) {
  const auto root = parse_xml(
      "\xef\xbb\xbf<?xml version=\"1.0\" encoding='UTF-8' ?>\n<!-- a -->\n"
      "<x:a one='1' x:two = \"2 &amp; &#x41;\">t<b/> &lt;<c>  <![CDATA[<&]]> <!-- b --> </c  >"
      "&#233;</x:a>\n<!-- c -->");
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->name, "a");
  EXPECT_EQ(root->attribute("one"), "1");
  EXPECT_EQ(root->attribute("x:two"), "2 & A");
  EXPECT_EQ(root->attribute("two"), "");
  EXPECT_EQ(root->text, "t <\xc3\xa9");
  ASSERT_THAT(root->children, SizeIs(2));
  EXPECT_EQ(root->text_of("c"), "<&");
  EXPECT_EQ(root->text_of("b"), "");
  EXPECT_EQ(root->child("d"), nullptr);
}

TEST(Xml, RefusesWhatCouldGrowOrFetch) {
  for (const char* const text : {
           "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
           "<!DOCTYPE a SYSTEM \"http://example.com/\"><a/>",
           "<a>&e;</a>",
           "<a b=\"&e;\"/>",
           "<a><!ELEMENT b ANY></a>",
           "<?php ?><a/>",
           "<a><?php ?></a>",
           "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
       })
    EXPECT_FALSE(parse_xml(text)) << text;
}

TEST(Xml, RefusesWhatIsBroken) {
  for (const char* const text : {
           "",
           "a",
           "<a>",
           "<a></b>",
           "<a/><b/>",
           "<a/>x",
           "<a b/>",
           "<a b=c/>",
           "<a b=\"1\"c=\"2\"/>",
           "<a b=\"1\" b=\"2\"/>",
           "<a b=\"<\"/>",
           "<1/>",
           "<a>&</a>",
           "<a>&#0;</a>",
           "<a>&#xD800;</a>",
           "<a>&#x110000;</a>",
           "<a>&#;</a>",
           "<a>]]></a>",
           "<a><!-- -- --></a>",
           "<a><![CDATA[</a>",
           "<a>\x01</a>",
           "<a>\xff</a>",
           "<a></a",
       })
    EXPECT_FALSE(parse_xml(text)) << text;
}

TEST(Xml, IsBounded) {
  std::string deep;
  for (std::size_t i = 0; i < kXmlDepthMax; ++i) deep = "<a>" + deep + "</a>";
  EXPECT_TRUE(parse_xml(deep));
  EXPECT_EQ(parse_xml("<a>" + deep + "</a>").error().code, Errc::kLimit);
  std::string wide;
  for (std::size_t i = 1; i < kXmlElementsMax; ++i) wide += "<a/>";
  EXPECT_TRUE(parse_xml("<b>" + wide + "</b>"));
  EXPECT_EQ(parse_xml("<b>" + wide + "<a/></b>").error().code, Errc::kLimit);
  const std::string frame = "<a></a>";
  EXPECT_TRUE(parse_xml("<a>" + std::string(kXmlBytesMax - frame.size(), ' ') + "</a>"));
  EXPECT_EQ(parse_xml("<a>" + std::string(kXmlBytesMax, ' ') + "</a>").error().code, Errc::kLimit);
}

TEST(Xml, EveryCutIsRefused) {
  const std::string whole = "<?xml version=\"1.0\"?><a b=\"&lt;\"><!-- c --><c>t</c></a>";
  ASSERT_TRUE(parse_xml(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_xml(std::string_view(whole).substr(0, size))) << size;
}

TEST(Xml, EscapedTextComesBack) {
  const std::string text = "<a href=\"x\">'&amp;' ]]></a>";
  const auto root = parse_xml("<r a=\"" + xml_escaped(text) + "\">" + xml_escaped(text) + "</r>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->text, text);
  EXPECT_EQ(root->attribute("a"), text);
  EXPECT_THAT(root->children, IsEmpty());
}

}  // namespace
}  // namespace restante::autoconfig
