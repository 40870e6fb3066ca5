#include "mime/parameters.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/ascii.h"
#include "mime/decoded_words.h"

namespace restante::mime {
namespace {

std::string file_name(std::string_view field) {
  return std::string(parse_parameters(field).find("filename"));
}

TEST(Parameters, TheValue) {
  for (const char* const field :
       {"text/plain", " Text/PLAIN ", "text/plain; x=y", "text / plain", "text/ (c) plain (d)",
        "\"text/plain\"", "text/plain x=y", "text/plain (a; b) ; x=y", "text/plain;;"})
    EXPECT_EQ(parse_parameters(field).value, "text/plain") << field;
  EXPECT_EQ(parse_parameters("text").value, "text");
  EXPECT_EQ(parse_parameters("").value, "");
  EXPECT_EQ(parse_parameters("; x=y").value, "");
  EXPECT_EQ(parse_parameters("filename=x").value, "");
  EXPECT_EQ(parse_parameters("filename=x").find("filename"), "x");
}

TEST(Parameters, InAllSpellings) {
  const Parameters read = parse_parameters(
      "text/plain; CHARSET=us-ascii (plain) ; Format = \"flowed\" delsp=yes\r\n\tname=x.txt;"
      " empty=; flag; boundary=\"a  b\\\"c\"");
  EXPECT_EQ(read.find("charset"), "us-ascii");
  EXPECT_EQ(read.find("format"), "flowed");
  EXPECT_EQ(read.find("delsp"), "yes");
  EXPECT_EQ(read.find("name"), "x.txt");
  EXPECT_EQ(read.find("empty"), "");
  EXPECT_EQ(read.find("boundary"), "a  b\"c");
  EXPECT_EQ(read.find("flag"), "");
  EXPECT_EQ(read.parameters.size(), 6U);
}

TEST(Parameters, FileNamesWithoutQuotes) {
  EXPECT_EQ(file_name("attachment; filename=my file (1).pdf; size=3"), "my file (1).pdf");
  EXPECT_EQ(file_name("attachment; filename=my file.pdf size=3"), "my file.pdf");
  EXPECT_EQ(file_name("attachment; filename==?utf-8?Q?a;_b.pdf?=; size=3"), "a; b.pdf");
  EXPECT_EQ(file_name("attachment; filename=a=b.pdf"), "a=b.pdf");
}

TEST(Parameters, BrokenQuotes) {
  EXPECT_EQ(file_name("attachment; filename=\"a.pdf; size=3"), "a.pdf");
  EXPECT_EQ(file_name("attachment; filename=a.pdf\"; size=3"), "a.pdf");
  EXPECT_EQ(file_name("attachment; filename=\"a.pdf; size=\"3\""), "a.pdf");
  EXPECT_EQ(file_name("attachment; size=\"3; filename=\"a.pdf\""), "a.pdf");
  EXPECT_EQ(file_name("attachment; filename=\"say \"hi\".pdf\"; size=3"), "say \"hi\".pdf");
  EXPECT_EQ(file_name("attachment; filename=\"C:\\tmp\\a.pdf\""), "C:\\tmp\\a.pdf");
  EXPECT_EQ(file_name("attachment; filename=\"a.pdf\"size=3"), "a.pdf\"size=3");
  EXPECT_EQ(file_name("attachment; filename=\"a\r\n b.pdf\""), "a b.pdf");
  EXPECT_EQ(file_name("attachment; filename="), "");
}

TEST(Parameters, EncodedWords) {
  EXPECT_EQ(file_name("a; filename=\"=?utf-8?B?R3LDvA==?= =?utf-8?B?w59lLnBkZg==?=\""),
            "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename=\"=?utf-8?B?R3LDvA==?=\"\r\n \"=?utf-8?B?w59lLnBkZg==?=\""),
            "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename==?utf-8?B?R3LDvA==?=\r\n\t=?utf-8?B?w59lLnBkZg==?="),
            "Grüße.pdf");
  // Cut over the pieces of a continuation.
  EXPECT_EQ(file_name("a; filename*0=\"=?utf-8?B?R3LDvM\"; filename*1=\"OfZS5wZGY=?=\""),
            "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename*=utf-8''%3D%3Futf-8%3FQ%3FGr%3DC3%3DBC.pdf%3F%3D"), "Grü.pdf");
}

TEST(Parameters, Continuations) {
  EXPECT_EQ(file_name("a; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.pdf"), "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename*=\"iso-8859-1''Gr%FC%DFe.pdf\""), "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename*1*=%BC%C3%9Fe; filename*2=\".pdf\"; filename*0*=utf-8''Gr%C3"),
            "Grüße.pdf");
  EXPECT_EQ(file_name("a; filename*1=a; filename*2=b"), "ab");
  EXPECT_EQ(file_name("a; filename*0=\"a \"; filename*1*=%C3%BC"), "a ü");
  EXPECT_EQ(file_name("a; filename=plain.pdf; filename*=utf-8''Gr%C3%BC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=utf-8''Gr%C3%BC.pdf; filename=plain.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=Gr%C3%BC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=''Gr%FC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=x-odd''Gr%FC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=it's o'clock.pdf"), "it's o'clock.pdf");
  EXPECT_EQ(file_name("a; filename*=utf-8''100%.pdf%2"), "100%.pdf%2");
  EXPECT_EQ(file_name("a; filename=\"utf-8''Gr%C3%BC.pdf\""), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename=\"100%25.pdf\""), "100%25.pdf");
}

TEST(Parameters, BrokenContinuations) {
  EXPECT_EQ(file_name("a; filename*=unknown-8bit''Gr%FC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=cp-foo''Gr%C3%BC.pdf"), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename*=O'Neil's.pdf"), "O'Neil's.pdf");
  EXPECT_EQ(file_name("a; filename*0*=utf-8''a%C; filename*1*=3%BC.pdf"), "aü.pdf");
  EXPECT_EQ(file_name("a; filename*0*=utf-8''%C3%BC; filename*1=\"%41\"; filename*2*=%42"),
            "ü%41B");
  EXPECT_EQ(file_name("a; filename*0==?utf-8?B?R3LDvMOf; filename*1=ZS5wZGY=?="), "Grüße.pdf");
}

TEST(Parameters, WhereNoEqualsSignOrACommentIs) {
  EXPECT_EQ(parse_parameters("a/b; boundary=----=_Part_1(2); x=y").find("boundary"),
            "----=_Part_1(2)");
  EXPECT_EQ(parse_parameters("a/b; boundary=(abc); x=y").find("boundary"), "(abc)");
  EXPECT_EQ(parse_parameters("a/b; boundary=abc (x); x=y").find("boundary"), "abc");
  EXPECT_EQ(file_name("a; filename:a.pdf; size=3"), "a.pdf");
}

TEST(Parameters, NamesWithoutAValueTakeNoTime) {
  const std::string field = "text/plain; " + std::string(kFieldBytesMax, '!');
  const std::clock_t begin = std::clock();
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(parse_parameters(field).parameters.empty());
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 3);
}

TEST(Parameters, RawOctets) {
  EXPECT_EQ(file_name("a; filename=\"Gr\xc3\xbc.pdf\""), "Grü.pdf");
  EXPECT_EQ(file_name("a; filename=\"Gr\xfc.pdf\""), "Grü.pdf");
  EXPECT_EQ(parse_parameters("a; filename=\"\x83\x5c\x83\x74\x83\x67.txt\"; size=1", "shift_jis")
                .find("filename"),
            "ソフト.txt");
  EXPECT_EQ(file_name("a; filename=\"\x1b$B%=%U%H\x1b(B.txt\""), "ソフト.txt");
}

TEST(Parameters, HostileFieldsTakeNoTime) {
  const std::clock_t begin = std::clock();
  for (const std::string_view piece :
       {"(", "a=\"x;", "\"", ";a=", "a*0=b;", "a=", "=?", "((", "a=\\\"", "a=b(", "a =\t", "\\",
        "a=\"b\" \"", " ", "a*999999999999999*=%"}) {
    std::string field = "text/plain;";
    while (field.size() < 2 * kFieldBytesMax) field.append(piece);
    const Parameters read = parse_parameters(field);
    EXPECT_LE(read.parameters.size(), 100U);
    for (const auto& [name, value] : read.parameters) EXPECT_TRUE(is_utf8(name) && is_utf8(value));
  }
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 10);
}

}  // namespace
}  // namespace restante::mime
