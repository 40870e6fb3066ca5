#include "restantectl/bulk/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<CsvRecord> all(std::string_view text, char separator = ',') {
  CsvReader reader(text, separator);
  std::vector<CsvRecord> records;
  while (auto record = reader.next()) records.push_back(*std::move(record));
  return records;
}

TEST(Csv, ReadsCells) {
  const auto records = all("a,b\r\n\n,\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",z\nlast,");
  ASSERT_EQ(records.size(), 5U);
  EXPECT_THAT(records[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT(records[1].cells, ElementsAre("", ""));
  EXPECT_THAT(records[2].cells, ElementsAre("x,y", "say \"hi\""));
  EXPECT_THAT(records[3].cells, ElementsAre("two\nlines", "z"));
  EXPECT_THAT(records[4].cells, ElementsAre("last", ""));
  EXPECT_EQ(records[0].line, 1U);
  EXPECT_EQ(records[2].line, 4U);
  EXPECT_EQ(records[3].line, 5U);
  EXPECT_EQ(records[4].line, 7U) << "a line end within quotes is a line, too";
  for (const CsvRecord& record : records) EXPECT_EQ(record.mistake, "");
}

TEST(Csv, MistakesCostTheirRecord) {
  const auto records = all("\"a\"b,c\nd\n\"e,f\ng");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_THAT(records[0].mistake, HasSubstr("behind a closing quote"));
  EXPECT_THAT(records[1].cells, ElementsAre("d"));
  EXPECT_EQ(records[1].mistake, "");
  EXPECT_THAT(records[2].mistake, HasSubstr("not closed"));
  EXPECT_TRUE(all("").empty());
  EXPECT_TRUE(all("\n\r\n").empty());
}

TEST(Csv, FindsItsSeparator) {
  EXPECT_EQ(csv_separator("name,hash"), ',');
  EXPECT_EQ(csv_separator("name;hash;quota,x"), ';');
  EXPECT_EQ(csv_separator("name\thash"), '\t');
  EXPECT_EQ(csv_separator("name"), ',');
  EXPECT_THAT(all("a;b,c\n", ';').at(0).cells, ElementsAre("a", "b,c"));
}

}  // namespace
}  // namespace restante::ctl
