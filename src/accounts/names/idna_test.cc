#include "accounts/names/idna.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"

namespace restante::accounts {
namespace {

TEST(Idna, BothFormsAreOneDomain) {
  struct Case {
    std::string domain;
    std::string a_labels;
    std::string u_labels;
  };
  for (const Case& row : std::vector<Case>{
           {"Example.TEST", "example.test", "example.test"},
           {"b\u00fccher.test", "xn--bcher-kva.test", "b\u00fccher.test"},
           {"B\u00dcCHER.Test", "xn--bcher-kva.test", "b\u00fccher.test"},
           {"bu\u0308cher.test", "xn--bcher-kva.test", "b\u00fccher.test"},
           {"XN--BCHER-KVA.test", "xn--bcher-kva.test", "b\u00fccher.test"},
           {"mail.b\u00fccher.test", "mail.xn--bcher-kva.test", "mail.b\u00fccher.test"},
           {"stra\u00dfe.test", "xn--strae-oqa.test", "stra\u00dfe.test"},  // Not strasse.test.
           {"\u65e5\u672c\u8a9e.test", "xn--wgv71a119e.test", "\u65e5\u672c\u8a9e.test"},
           {"b\u00fccher\u3002test", "xn--bcher-kva.test", "b\u00fccher.test"},
           {"\uff25xample.test", "example.test", "example.test"},
           {"_sip.b\u00fccher.test", "_sip.xn--bcher-kva.test", "_sip.b\u00fccher.test"},
           {"\U0001F4A9.test", "xn--ls8h.test", "\U0001F4A9.test"},  // No IDNA2008, but in use.
           {"[192.0.2.1]", "[192.0.2.1]", "[192.0.2.1]"},
           {"", "", ""}}) {
    EXPECT_EQ(to_a_labels(row.domain), row.a_labels) << row.domain;
    EXPECT_EQ(to_a_labels(row.a_labels), row.a_labels) << row.domain;
    EXPECT_EQ(to_u_labels(row.domain), row.u_labels) << row.domain;
    EXPECT_TRUE(same_domain(row.domain, row.a_labels)) << row.domain;
    EXPECT_TRUE(same_domain(row.domain, row.u_labels)) << row.domain;
  }
  EXPECT_FALSE(same_domain("b\u00fccher.test", "bucher.test"));
  EXPECT_FALSE(same_domain("stra\u00dfe.test", "strasse.test"));
}

// Each leads only to itself.
TEST(Idna, WhatOnlyLooksLikeAnALabelStaysAsItIs) {
  for (const std::string domain :
       {"xn--.test", "xn--a.test", "xn--zzzzzzzzz99999999.test", "xn--bu-cher-abc.test",
        "foo.xn--zzz---", "xn--\u00fc.test", "xn--0.xn--1.test"}) {
    const std::string once = to_a_labels(domain);
    EXPECT_EQ(to_a_labels(once), once) << domain;
    EXPECT_EQ(to_a_labels(to_u_labels(domain)), once) << domain;
  }
  EXPECT_EQ(to_a_labels("XN--A.test"), "xn--a.test");
  EXPECT_EQ(to_u_labels("xn--a.test"), "xn--a.test");
}

TEST(Idna, NeverMakesWhatNoDomainIs) {
  for (const std::string domain : {"a\uff20b.test", "a\u2100b.test", "\u3002\u00fc.test",
                                   "\u00fc\u3002.test", "-\u00fc.test", "\u00fc\u00a0x.test"}) {
    const std::string made = to_a_labels(domain);
    EXPECT_EQ(made.find_first_of("@/ %"), std::string::npos) << made;
    EXPECT_EQ(made.find(".."), std::string::npos) << made;
    EXPECT_FALSE(made.starts_with('.')) << made;
    EXPECT_EQ(to_a_labels(made), made);
  }
  std::string longest;
  for (int i = 0; i < 60; ++i) longest += "\u00fc.";
  longest += "test";
  EXPECT_EQ(to_a_labels(longest), longest) << "its A-labels are longer than a domain may be";
  std::string wide(60, 'a');
  for (std::string& text : std::vector<std::string>{wide + "\u00fc", wide + wide + "\u00fc"})
    EXPECT_LE(to_a_labels(text + ".test").size(), limits::kDomainBytesMax);
}

}  // namespace
}  // namespace restante::accounts
