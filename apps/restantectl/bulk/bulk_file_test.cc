#include "restantectl/bulk/bulk_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<FileRow> rows(std::string_view text, BulkFormat format) {
  std::vector<FileRow> all;
  read_rows(text, format, [&](const FileRow& row) { all.push_back(row); });
  return all;
}

std::string shown(const FileRow& row) {
  std::string out;
  for (const FileField& field : row.fields) {
    out += field.name + "=" + (field.is_null ? "null" : field.text);
    for (const std::string& one : field.list) out += "[" + one + "]";
    out += "|";
  }
  return out;
}

TEST(BulkFile, KnowsAFormatByItsLooks) {
  const auto look = [](std::string_view text) { return recognise(text, {"name", "user"}); };
  EXPECT_EQ(look("# users\n\nalice:{PLAIN}x::::\n"), BulkFormat::kLines);
  EXPECT_EQ(look("name,hash\n"), BulkFormat::kCsv);
  EXPECT_EQ(look("#x\nhash;User\n"), BulkFormat::kCsv);
  EXPECT_EQ(look("name\nalice\n"), BulkFormat::kCsv);
  EXPECT_EQ(look("name:{PLAIN}x\n"), BulkFormat::kLines) << "somebody who is called so";
  EXPECT_EQ(look("{\"name\": \"alice\"}\n"), BulkFormat::kJson);
  EXPECT_EQ(look("hash,other\n"), BulkFormat::kLines);
  EXPECT_EQ(look(""), BulkFormat::kLines);
}

TEST(BulkFile, LinesAreGivenOutWithTheirNumbers) {
  const auto all = rows("a:x\r\n\n # no\nb:y", BulkFormat::kLines);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].text, "a:x");
  EXPECT_EQ(all[1].line, 4U);
}

TEST(BulkFile, ReadsColumns) {
  const auto all =
      rows("# made by hand\nName;Quota Octets;x-y\nalice;;1\n#bob;2;3\n\"bob\";5 ;\nc;1;2;3\n",
           BulkFormat::kCsv);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(shown(all[0]), "name=alice|x_y=1|") << "an empty cell says nothing";
  EXPECT_EQ(shown(all[1]), "name=bob|quota_octets=5 |");
  EXPECT_EQ(all[1].line, 5U);
  EXPECT_THAT(all[2].mistake, HasSubstr("more cells"));
}

TEST(BulkFile, ReadsObjects) {
  const auto all = rows(
      "{\"name\":\"a\",\"enabled\":false,\"quota\":{\"octets\":5,\"messages\":null},"
      "\"targets\":[\"x\",\"y z\"]}\n[]\n{\"name\":{\"a\":[1]}}\n{\"name\":1.5}\nwhat\n",
      BulkFormat::kJson);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(shown(all[0]),
            "name=a|enabled=no|quota_octets=5|quota_messages=null|targets=[x][y z]|");
  EXPECT_EQ(all[0].mistake, "");
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_NE(all[i].mistake, "") << i;
}

TEST(BulkFile, AFieldMayHaveSeveralValues) {
  FileField field;
  field.text = " a@x, b@x;c  d ";
  EXPECT_THAT(field.words(), ElementsAre("a@x", "b@x", "c", "d"));
  field.text = "my phone; tablet;";
  EXPECT_THAT(field.labels(), ElementsAre("my phone", "tablet"));
}

}  // namespace
}  // namespace restante::ctl
