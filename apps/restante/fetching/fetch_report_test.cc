#include "restante/fetching/fetch_report.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

namespace restante::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

fetch::Report report() {
  fetch::Report made;
  made.account = "work";
  return made;
}

TEST(FetchReport, SaysWhatIsThere) {
  fetch::Report made = report();
  EXPECT_EQ(summary(made, false), "work: no new mail");
  EXPECT_EQ(to_exit(made), Exit::kOk);
  made.error = Error(Errc::kTimeout);
  EXPECT_EQ(summary(made, false), "work: not collected");
  made.error.reset();
  made.fetched = 12;
  made.octets = 3U << 20;
  made.deleted = 2;
  made.known = 1;
  EXPECT_EQ(summary(made, false),
            "work: 12 new (3.0 MiB), 1 were here already, 2 deleted on the server");
}

TEST(FetchReport, FailuresAreNamedAndMakeItPartial) {
  fetch::Report made = report();
  made.add_failure({7, "u7", "the server says: no", true});
  made.notes.emplace_back("a note");
  EXPECT_EQ(summary(made, false), "work: no new mail, 1 failed");
  EXPECT_THAT(
      remarks(made),
      ElementsAre("work: a note", "work: message 7 (u7): the server says: no; tried again later"));
  EXPECT_EQ(to_exit(made), Exit::kPartial);
  made.error = Error(Errc::kAuth, "wrong password");
  EXPECT_EQ(to_exit(made), Exit::kRefused);
  EXPECT_THAT(remarks(made), testing::Contains("work: wrong password"));
}

TEST(FetchReport, DryRunsListMessages) {
  fetch::Report made = report();
  made.would_fetch.push_back({1, "a", 2048, fetch::Why::kNew});
  made.would_delete.push_back({2, "b", 10, "fetched"});
  EXPECT_EQ(summary(made, true), "work: 1 would be fetched, 1 deleted on the server");
  EXPECT_THAT(intentions(made), ElementsAre("work: fetch      1    2.0 KiB  a  new",
                                            "work: delete     2       10 B  b  fetched"));
}

TEST(FetchReport, JsonHasEveryNumber) {
  fetch::Report made = report();
  made.fetched = 3;
  made.would_fetch.push_back({1, "a", std::nullopt, fetch::Why::kBack});
  const std::string text = boost::json::serialize(to_json(made));
  EXPECT_THAT(text, HasSubstr("\"fetched\":3"));
  EXPECT_THAT(text, HasSubstr("\"complete\":true"));
  EXPECT_THAT(text, HasSubstr("\"octets\":null"));
  EXPECT_THAT(text, HasSubstr("\"error\":null"));
}

}  // namespace
}  // namespace restante::cli
