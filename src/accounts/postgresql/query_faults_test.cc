#include "accounts/postgresql/query_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::accounts::postgresql {
namespace {

TEST(QueryFaults, AreToldOnceEachWay) {
  std::vector<std::string> told;
  const TellOutage tell = [&told](const OutageNews& news) {
    told.push_back(news.where + ": " + news.reason);
  };
  QueryFaults faults(tell);
  const QueryFaults::Time now{};
  faults.answered(Query::kAlias);
  for (int i = 0; i < 3; ++i) faults.refused(Query::kAlias, Error(Errc::kState, "no right"), now);
  faults.refused(Query::kAccount, Error(Errc::kState, "no column"), now);
  for (int i = 0; i < 3; ++i) faults.answered(Query::kAlias);
  for (int i = 0; i < 100; ++i) {  // For some names, and others are answered.
    faults.refused(Query::kAlias, Error(Errc::kState, "too soon"), now + std::chrono::seconds(59));
    faults.answered(Query::kAlias);
  }
  faults.refused(Query::kAlias, Error(Errc::kState, "again"), now + std::chrono::seconds(60));
  EXPECT_THAT(told, testing::ElementsAre("postgresql accounts.alias_query: no right",
                                         "postgresql accounts.account_query: no column",
                                         "postgresql accounts.alias_query: ",
                                         "postgresql accounts.alias_query: again"));
}

TEST(QueryFaults, NobodyNeedsToListen) {
  const TellOutage nobody;
  QueryFaults faults(nobody);
  faults.refused(Query::kDomain, Error(Errc::kState, "no right"), {});
  faults.answered(Query::kDomain);
}

}  // namespace
}  // namespace restante::accounts::postgresql
