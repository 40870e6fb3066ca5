#include "restantectl/history/history_topic.h"

#include <gmock/gmock.h>

namespace restante::ctl {
namespace {

using history::Measure;

const HistoryColumn& column(std::string_view topic, std::string_view header) {
  for (const HistoryColumn& one : find_topic(topic)->columns)
    if (one.header == header) return one;
  throw std::out_of_range(std::string(header));
}

TEST(HistoryTopic, HasTheFourMeasures) {
  for (const char* const name : {"retrieval", "logins", "volume", "storage"})
    EXPECT_NE(find_topic(name), nullptr) << name;
  EXPECT_EQ(find_topic("weather"), nullptr);
  EXPECT_THAT(measures_of(*find_topic("retrieval")),
              ::testing::ElementsAre(Measure::kRetrievalsAsked, Measure::kRetrievalsWhole,
                                     Measure::kRetrievalsRefused));
}

TEST(HistoryTopic, SaysWhatTwoValuesComeTo) {
  const HistoryColumn& success = column("retrieval", "SUCCESS");
  const auto text = [&success](std::int64_t whole, std::int64_t asked) {
    return text_of(success,
                   {{Measure::kRetrievalsAsked, asked}, {Measure::kRetrievalsWhole, whole}});
  };
  EXPECT_EQ(text(1, 2), "50.00 %");
  EXPECT_EQ(text(3, 3), "100.00 %");
  EXPECT_EQ(text(999'999, 1'000'000), "99.99 %") << "one was lost";
  EXPECT_EQ(text(0, 0), "-");
  EXPECT_EQ(text_of(column("logins", "MEAN"),
                    {{Measure::kLoginMicroseconds, 4500}, {Measure::kLoginsGood, 3}}),
            "1.5 ms");
}

TEST(HistoryTopic, SaysWhatIsNotKnown) {
  EXPECT_EQ(text_of(column("storage", "LIVE BYTES"), {}), "-");
  EXPECT_EQ(text_of(column("storage", "LIVE BYTES"), {{Measure::kLiveBytes, std::nullopt}}), "-");
  EXPECT_EQ(text_of(column("storage", "LIVE BYTES"), {{Measure::kLiveBytes, 0}}), "0");
}

}  // namespace
}  // namespace restante::ctl
