#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/page/demo.h"
#include "server/page/facts.h"

namespace restante::server::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kNow{std::chrono::days(20'787)};

TEST(Page, HostileNamesAreText) {
  constexpr std::string_view kHostile = "\"><img src=x onerror=alert(1)>";
  PageFacts facts;
  facts.hostname = facts.version = facts.figures_missing = kHostile;
  facts.troubles.emplace_back(TroubleKind::kDisk, std::string(kHostile));
  facts.tiles =
      facts.upkeep = {{std::string(kHostile), std::string(kHostile), std::string(kHostile)}};
  HeldMaildrop row;
  row.account = kHostile;
  facts.largest = facts.fullest = {row};
  facts.refused = {{std::string(kHostile)}};
  const std::string page = html(facts);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("<bdi>&quot;&gt;&lt;img src=x onerror=alert(1)&gt;</bdi>"));
}

TEST(Page, SaysWhatIsWrongAndWhatToDo) {
  const std::string page = html(demo_facts(Range::kDay, kNow, Office::kInTrouble));
  EXPECT_THAT(page, HasSubstr("<title>(2) mail.example.com</title>"));
  EXPECT_THAT(page, HasSubstr("<h2>The disk is nearly full</h2>"));
  EXPECT_THAT(page, HasSubstr("<p>What to do: Renew it."));
  EXPECT_THAT(page, Not(HasSubstr("All is well")));
  EXPECT_THAT(html(demo_facts(Range::kDay, kNow, Office::kUsual)),
              HasSubstr("<h2>All is well</h2>"));
}

TEST(Page, AnEmptyOfficeHasAPage) {
  PageFacts facts;
  facts.figures_missing = "The history has just begun";
  const std::string page = html(facts);
  EXPECT_THAT(page, HasSubstr("The history has just begun."));
  EXPECT_THAT(page, HasSubstr("Not known before the first upkeep."));
  EXPECT_THAT(page, HasSubstr("None at the moment."));
}

TEST(Page, TheDemoHasAnEmptyOffice) {
  const std::string page = html(demo_facts(Range::kMonth, kNow, Office::kEmpty));
  EXPECT_THAT(page, HasSubstr("<h2>All is well</h2>"));
  EXPECT_THAT(page, HasSubstr("No message was asked for"));
  EXPECT_THAT(page, HasSubstr("0 good, 0 failed, 0 refused"));
  EXPECT_THAT(page, HasSubstr("None has used half of its quota."));
}

TEST(Page, TheRangeThatIsShownIsMarked) {
  for (const RangeInfo& info : kRanges) {
    const std::string page = html(demo_facts(info.range, kNow, Office::kUsual));
    EXPECT_THAT(page, HasSubstr("aria-current=\"page\">" + std::string(info.name) + "</a>"));
    EXPECT_THAT(page, Not(HasSubstr("nan")));
    EXPECT_LT(page.size(), 1U << 20) << info.name;
  }
}

}  // namespace
}  // namespace restante::server::page
