#include "server/measures/measures.h"

#include <gmock/gmock.h>

namespace restante::server {
namespace {

std::vector<std::string> rows_of(const Measures& measures) {
  std::vector<std::string> out;
  measures.for_each_login([&out](const Measures::LoginRow& row) {
    out.push_back(std::string(row.way) + " " + std::string(row.tls) + " " + std::string(row.end) +
                  " " + std::to_string(row.count));
  });
  return out;
}

TEST(Measures, CountsLoginsByWhatTheyWere) {
  Measures measures;
  measures.count_login("USER", "", LoginEnd::kWrong);
  measures.count_login("USER", "", LoginEnd::kWrong);
  measures.count_login("scram-sha-256", "TLSv1.3 TLS_AES_256_GCM_SHA384", LoginEnd::kGood);
  measures.count_login("PLAIN", "SSLv3", LoginEnd::kGood);
  EXPECT_THAT(rows_of(measures),
              testing::UnorderedElementsAre("USER none wrong 2", "SCRAM-SHA-256 TLSv1.3 good 1",
                                            "PLAIN other good 1"));
  EXPECT_EQ(measures.logins(LoginEnd::kGood), 2U);
  EXPECT_EQ(measures.logins(LoginEnd::kWrong), 2U);
}

/// No word of a stranger makes another row.
TEST(Measures, HasOnePlaceForAllStrangeWords) {
  Measures measures;
  for (int i = 0; i < 100; ++i)
    measures.count_login("X-" + std::to_string(i), "TLSv" + std::to_string(i), LoginEnd::kWrong);
  EXPECT_EQ(rows_of(measures).size(), 2U);  // One for TLSv1.
}

TEST(Measures, HasADoorForEachListener) {
  Measures measures;
  Door& door = measures.door("pop3", "127.0.0.1:110");
  EXPECT_EQ(&measures.door("pop3", "127.0.0.1:110"), &door) << "each worker asks for it";
  EXPECT_NE(&measures.door("pop3", "127.0.0.1:995"), &door);
  door.count(Entry::kRate);
  std::size_t count = 0;
  measures.for_each_door([&count](const Door& /*door*/) { ++count; });
  EXPECT_EQ(count, 2U);
}

}  // namespace
}  // namespace restante::server
