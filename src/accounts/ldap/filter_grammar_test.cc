#include "accounts/ldap/filter_grammar.h"

#include <gtest/gtest.h>

namespace restante::accounts::ldap {
namespace {

TEST(FilterGrammar, WhatIsAFilter) {
  for (const auto* filter : {"(mail={name})",
                             "(&(objectClass=inetOrgPerson)(mail={name}))",
                             "(&)",
                             "(|)",
                             "(|(uid={local})(mail={name})(userPrincipalName={name}))",
                             "(!(x=y))",
                             "(cn=*)",
                             "(cn=a*b*c)",
                             "(cn=)",
                             "(cn>=a)",
                             "(cn<=a)",
                             "(cn~=a)",
                             "(cn;lang-de=x)",
                             "(1.2.3=x)",
                             "(&(a=b) (c=d) )",
                             "( & ( a=b ) )",
                             "(! (a=b) )",
                             "(cn=a\\28b\\29\\2a\\5C)",
                             "(o=\xc3\xa4 \xe2\x82\xac)",
                             "(cn:=x)",
                             "(cn:dn:=x)",
                             "(cn:1.2.3:=x)",
                             "(:dn:2.4.6:=x)",
                             "(&(mail={name})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
                             "(memberOf:1.2.840.113556.1.4.1941:=cn=mail,dc=example,dc=com)",
                             "(a=b) ",
                             "(a=b=c)"})
    EXPECT_TRUE(check_filter_grammar(filter)) << filter;
}

TEST(FilterGrammar, WhatIsNone) {
  for (const auto* filter : {"",
                             "mail={name}",
                             "(",
                             ")",
                             "()",
                             "(mail)",
                             "(mail{name})",
                             "(=x)",
                             "(mail={name}",
                             "(mail={name}))",
                             "(&(mail={name})(!(x)",
                             "(&(mail={name})",
                             "(&mail={name})",
                             "(!)",
                             "(!(a=b)(c=d))",
                             "(a=b)(c=d)",
                             "(cn=a(b)c)",
                             "(cn=a\\)",
                             "(cn=a\\zz)",
                             "(cn=a\\2)",
                             "(cn:1.2.3=x)",
                             "(a b=c)",
                             "(mail ={name})",
                             "(&(a=b)x)",
                             "(:=x)"}) {
    const Status checked = check_filter_grammar(filter);
    ASSERT_FALSE(checked) << filter;
    EXPECT_EQ(checked.error().code, Errc::kSyntax) << filter;
  }
  EXPECT_FALSE(check_filter_grammar(std::string(100000, '(')));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "(!";
  EXPECT_FALSE(check_filter_grammar(deep));
}

TEST(FilterGrammar, SaysWhere) {
  EXPECT_EQ(check_filter_grammar("(&(mail={name})(!(x)").error().detail, "needs \"=\" at \")\"");
  EXPECT_EQ(check_filter_grammar("(mail={name}").error().detail,
            "has parentheses that do not match: needs \")\" at its end");
}

}  // namespace
}  // namespace restante::accounts::ldap
