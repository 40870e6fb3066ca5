#include "archive/message/mime_message.h"

#include "archive/mailbox/test_support.h"
#include "archive/message/message_text.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

class MimeTest : public ::testing::Test {
 protected:
  MimeMessage read(std::string_view message, std::uint64_t bytes_max = 1U << 30) {
    write_file(folder_.path() / "m", message);
    auto opened = MimeMessage::open(folder_.path() / "m", bytes_max);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  std::string text(const MimeMessage& message) {
    return body_text(message, text::Links::kLeftOut, 100'000);
  }
  static std::string part(const MimeMessage& message, unsigned number) {
    std::string octets;
    EXPECT_TRUE(message.send_part(number, [&](std::string_view piece) {
      octets += piece;
      return ok();
    }));
    return octets;
  }
  TempFolder folder_;
};

const std::string kMixed =
    "From: =?iso-8859-1?Q?J=F6rg?= <joerg@example.com>\n"
    "To: a@example.com, \"B, C\" <b@example.com>\nCc: c@example.com\nBcc: d@example.com\n"
    "Subject: =?utf-8?B?R3LDvMOfZQ==?= aus\n =?utf-8?Q?_K=C3=B6ln?=\n"
    "Date: Sun, 22 Nov 2026 05:00:00 +0100\nMessage-ID: <1@example.com>\n"
    "In-Reply-To: <0@example.com>\nReferences: <-1@example.com> <0@example.com>\n"
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    "--x\nContent-Type: multipart/alternative; boundary=y\n\n"
    "--y\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
    "quoted-printable\n\nplain =FC text\n"
    "--y\nContent-Type: text/html; charset=utf-8\n\n<p>html ü text</p>\n--y--\n"
    "--x\nContent-Type: application/pdf; name*=utf-8''%C3%BCbersicht.pdf\n"
    "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nAAEC\n"
    "--x\nContent-Type: text/plain; name=notes.txt\n\nattached words\n"
    "--x\nContent-Type: message/rfc822\n\nFrom: inner@example.com\nSubject: inner\n"
    "Date: Mon, 23 Nov 2026 05:00:00 +0100\n\ninner body\n"
    "--x--\n";

TEST_F(MimeTest, HeadersAreDecoded) {
  const MimeMessage message = read(kMixed);
  const Headers& headers = message.headers();
  EXPECT_EQ(headers.subject, "Grüße aus Köln");
  EXPECT_EQ(headers.from, "Jörg <joerg@example.com>");
  EXPECT_EQ(headers.to, "a@example.com, \"B, C\" <b@example.com>");
  EXPECT_EQ(headers.cc, "c@example.com, d@example.com");
  EXPECT_EQ(headers.message_id, "1@example.com");
  EXPECT_EQ(headers.in_reply_to, "0@example.com");
  EXPECT_EQ(headers.references, (std::vector<std::string>{"-1@example.com", "0@example.com"}));
  EXPECT_EQ(headers.date, 1795320000);
  EXPECT_TRUE(message.is_whole());
  EXPECT_EQ(message.all_headers()[4],
            (std::pair<std::string, std::string>("Subject", "Grüße aus Köln")));
}

TEST_F(MimeTest, PartsAreListedAndDecoded) {
  const MimeMessage message = read(kMixed);
  const auto& parts = message.parts();
  ASSERT_EQ(parts.size(), 6U);
  EXPECT_EQ(parts[0].type, "text/plain");
  EXPECT_FALSE(parts[0].is_attachment);
  EXPECT_EQ(parts[2].name, "übersicht.pdf");
  EXPECT_TRUE(parts[2].is_attachment);
  EXPECT_EQ(part(message, 3), std::string("\0\1\2", 3));
  EXPECT_EQ(parts[3].name, "notes.txt");
  EXPECT_TRUE(parts[4].is_message);
  EXPECT_EQ(parts[4].name, "inner.eml");
  EXPECT_NE(part(message, 5).find("Subject: inner"), std::string::npos);
  EXPECT_EQ(message.headers_of(5).from, "inner@example.com");
  EXPECT_EQ(message.size_of(7), 0U);
  EXPECT_FALSE(message.send_part(7, [](std::string_view) { return ok(); }));
}

TEST_F(MimeTest, TheTextIsWhatAPersonReads) {
  const MimeMessage message = read(kMixed);
  EXPECT_EQ(text(message),
            "plain ü text\nattached words\n\n---- message ----\nFrom: inner@example.com\n"
            "Date: Mon, 23 Nov 2026 05:00:00 +0100\nSubject: inner\n\ninner body\n");
  const auto html = body_html(message, 100'000);
  EXPECT_NE(html.html.find("<p>html ü text</p>"), std::string::npos);
  EXPECT_EQ(html.html.find("plain"), std::string::npos);
  EXPECT_EQ(attachment_words(message, 1000, std::chrono::seconds(1)),
            "übersicht.pdf\nnotes.txt\ninner.eml\n\n");
}

TEST_F(MimeTest, ABlankAlternativeIsNotChosen) {
  const MimeMessage message = read(
      "Content-Type: multipart/alternative; boundary=y\n\n--y\n\n  \n"
      "--y\nContent-Type: text/html\n\n<b>only here</b>\n--y--\n");
  EXPECT_EQ(text(message), "only here\n");
}

std::string part_of(std::string_view type, std::string_view content) {
  return "Content-Type: " + std::string(type) + "\n\n" + std::string(content) + "\n";
}

TEST_F(MimeTest, NestedAlternativesAreReadOnce) {
  const std::string plain = part_of("text/plain", "plain words");
  const std::string html = part_of("text/html", "<p>rich words</p>");
  const std::string outer = "Content-Type: multipart/alternative; boundary=o\n\n--o\n";
  for (const char* const inner : {"alternative", "related", "mixed"}) {
    const MimeMessage message =
        read(outer + plain + "--o\nContent-Type: multipart/" + inner + "; boundary=i\n\n--i\n" +
             html + "--i\n" + part_of("image/png", "PNG") + "--i--\n--o--\n");
    EXPECT_EQ(text(message), "plain words\n") << inner;
    const std::string rich = body_html(message, 10'000).html;
    EXPECT_NE(rich.find("rich words"), std::string::npos) << inner;
    EXPECT_EQ(rich.find("plain words"), std::string::npos) << inner;
  }
  EXPECT_EQ(text(read(outer + part_of("text/plain", " ") +
                      "--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n" + html +
                      "--i--\n--o--\n")),
            "rich words\n");
}

TEST_F(MimeTest, AStubIsNoText) {
  const std::string begin = "Content-Type: multipart/alternative; boundary=o\n\n--o\n";
  const std::string page =
      "--o\n" + part_of("text/html", "<p>The rich words. " + std::string(500, 'x') + "</p>") +
      "--o--\n";
  const MimeMessage stub =
      read(begin + part_of("text/plain", "Ihr Programm zeigt kein HTML.") + page);
  EXPECT_TRUE(text(stub).starts_with("The rich words.")) << text(stub);
  EXPECT_EQ(text_behind_stub(stub, text(stub)), "\nIhr Programm zeigt kein HTML.\n");
  EXPECT_EQ(text(read(begin + part_of("text/plain", "See http://a.example/b.html") + page)),
            "See http://a.example/b.html\n");
  // Where it is not so clear, it is shown, and the search finds both.
  const MimeMessage perhaps = read(begin + part_of("text/plain", "See our offers!") + page);
  EXPECT_EQ(text(perhaps), "See our offers!\n");
  EXPECT_TRUE(text_behind_stub(perhaps, text(perhaps)).starts_with("\nThe rich words."));
  const std::string much(1000, 'y');
  const MimeMessage same = read(begin + part_of("text/plain", much) + page);
  EXPECT_EQ(text_behind_stub(same, text(same)), "");
}

TEST_F(MimeTest, TextThatIsCalledBase64IsText) {
  const std::string field = "Content-Transfer-Encoding: base64\n\n";
  EXPECT_EQ(text(read(field + "Words that are none of it.\nAnd more.\n")),
            "Words that are none of it.\nAnd more.\n");
  EXPECT_EQ(text(read(field + "d29y ZHM=\n")), "words\n");
}

TEST_F(MimeTest, RtfIsATextWhereThereIsNoOther) {
  const std::string rtf = R"({\rtf1\ansi rich \b words\b0\par})";
  EXPECT_EQ(text(read(part_of("text/rtf", rtf))), "rich words\n");
  const MimeMessage named = read("Content-Type: application/rtf; name=a.rtf\n\n" + rtf);
  EXPECT_EQ(text(named), "rich words\n");
  EXPECT_TRUE(named.parts()[0].is_file);
  const MimeMessage beside =
      read("Content-Type: multipart/mixed; boundary=o\n\n--o\n" + part_of("text/plain", "plain") +
           "--o\n" + part_of("text/rtf", rtf) + "--o--\n");
  EXPECT_EQ(text(beside), "plain\n");
}

TEST_F(MimeTest, ReportsInvitationsAndProtectionAreTold) {
  EXPECT_EQ(text(read("Content-Type: multipart/report; boundary=o\n\n--o\n\nIt failed.\n--o\n" +
                      part_of("message/delivery-status", "Status: 5.1.1") + "--o--\n")),
            "It failed.\n\nStatus: 5.1.1\n");
  const std::string event =
      part_of("text/calendar", "METHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Tea\nEND:VEVENT");
  EXPECT_EQ(
      text(read("Content-Type: multipart/alternative; boundary=o\n\n--o\n\nCome!\n--o\n" + event +
                "--o\nContent-Disposition: attachment; filename=i.ics\n" + event + "--o--\n")),
      "Come!\n\n[Invitation]\nWhat: Tea\n");
  EXPECT_EQ(text(read("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx")),
            "(This message is encrypted with S/MIME.)\n");
  EXPECT_EQ(text(read(part_of("text/enriched", "<bold>words</bold>"))), "words\n");
}

TEST_F(MimeTest, HtmlShowsTheMailsOwnPicturesAndNamesItsCharset) {
  const MimeMessage message = read(
      "Content-Type: multipart/related; boundary=o\n\n--o\nContent-Type: text/html\n\n"
      "<meta charset=windows-1251><p>\xCF\xF0\xE8\xE2\xE5\xF2</p><img src=\"cid:logo@x\">\n--o\n"
      "Content-Type: image/gif\nContent-ID: <logo@x>\n\nGIF89a----\n--o--\n");
  const std::string html = body_html(message, 10'000).html;
  EXPECT_NE(html.find("Привет"), std::string::npos);
  EXPECT_NE(html.find("data:image/gif;base64,"), std::string::npos);
}

TEST_F(MimeTest, FilesOfAnyOriginAreRead) {
  EXPECT_EQ(text(read("Subject: s\r\rone\rtwo\r")), "one\ntwo\n") << "CR alone";
  EXPECT_EQ(text(read("\xEF\xBB\xBFSubject: s\n\n\xEF\xBB\xBFwords\n")), "words\n");
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("Subject: wide\n\nwords\n")) (wide += c) += '\0';
  const MimeMessage message = read(wide);
  EXPECT_EQ(message.headers().subject, "wide");
  EXPECT_EQ(text(message), "words\n");
}

TEST_F(MimeTest, OfTwoDatesTheFirstCounts) {
  const MimeMessage message = read(
      "Received: from a by b; Sun, 22 Nov 2026 05:00:09 +0000\n"
      "Received: from c by a; Sun, 22 Nov 2026 05:00:01 +0000\n"
      "Date: Thu, 1 Jan 1970 00:00:00 +0000\nDate: Sun, 22 Nov 2026 05:00:00 +0000\n\nx");
  EXPECT_EQ(message.headers().date, 0);
  EXPECT_EQ(message.headers().received, (std::vector<std::int64_t>{1'795'323'609, 1'795'323'601}));
  EXPECT_EQ(read("Date: yesterday\n\nx").headers().date, std::nullopt);
}

TEST_F(MimeTest, AMillionGroupsInAGroupAreNoHarm) {
  std::string groups = "To: ";
  while (groups.size() < (1U << 20)) groups += "a:";
  const MimeMessage message = read("Subject: s\n" + groups + "\n\nbody\n");
  EXPECT_EQ(message.headers().subject, "s");
  EXPECT_EQ(text(message), "body\n");
}

TEST_F(MimeTest, AHundredMegabytesOfHeaderAreBounded) {
  std::string header = "Subject: s\n";
  const std::string line = "X: " + std::string(996, 'x') + "\n";
  while (header.size() < 100'000'000) header += line;
  const MimeMessage message = read(header + "\nbody\n");
  EXPECT_FALSE(message.is_whole());
  EXPECT_EQ(message.headers().subject, "s");
  EXPECT_LE(message.all_headers().size(), 2000U);
  EXPECT_EQ(text(message), "body\n");
}

TEST_F(MimeTest, FlowedTextIsPutTogether) {
  EXPECT_EQ(text(read("Content-Type: text/plain; format=flowed\n\none \ntwo\n")), "one two\n");
}

TEST_F(MimeTest, BrokenMailIsReadAsFarAsItGoes) {
  // No blank line, no header, no end, no charset, nothing.
  EXPECT_EQ(read("Subject: only a header").headers().subject, "only a header");
  EXPECT_NE(text(read("\nno header at all\n")).find("no header at all"), std::string::npos);
  EXPECT_EQ(read("Subject: M\xfcller\n\nx").headers().subject, "Müller");
  EXPECT_EQ(read("Subject: M\xc3\xbcller\n\nx").headers().subject, "Müller");
  EXPECT_EQ(read("From: not an address (\n\nx").headers().subject, "");
  EXPECT_EQ(text(read("Content-Type: multipart/mixed; boundary=q\n\n--q\n\ncut off\n--")),
            "cut off\n--\n");
  EXPECT_EQ(text(read("Content-Type: text/plain; charset=klingon\n\nM\xfcller\n")), "Müller\n");
  EXPECT_EQ(text(read("Content-Transfer-Encoding: base64\n\n!!!not base64")).find('\0'),
            std::string::npos);
  read("");
  read(std::string(1000, '\0'));
}

TEST_F(MimeTest, EveryCutIsRead) {
  for (std::size_t cut = 0; cut < kMixed.size(); ++cut) {
    const MimeMessage message = read(kMixed.substr(0, cut));
    EXPECT_TRUE(is_utf8(text(message)));
    EXPECT_TRUE(is_utf8(body_html(message, 1000).html));
    for (const MimePart& one : message.parts()) part(message, one.number);
  }
}

TEST_F(MimeTest, NestingIsBounded) {
  std::string deep = "Subject: deep\n";
  for (int i = 0; i < 2000; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
  }
  const MimeMessage message = read(deep + "\nx\n");
  EXPECT_FALSE(message.is_whole());
  EXPECT_EQ(message.headers().subject, "deep");
}

TEST_F(MimeTest, AHeaderWithoutEndIsCut) {
  const MimeMessage message =
      read("Subject: first\nX-Long: " + std::string(3U << 20, 'x') + "\n\nbody\n");
  EXPECT_FALSE(message.is_whole());
  EXPECT_EQ(message.headers().subject, "first");
}

TEST_F(MimeTest, OnlyABoundedPartIsRead) {
  const MimeMessage message = read("Subject: x\n\n" + std::string(10'000, 'y'), 1000);
  EXPECT_FALSE(message.is_whole());
  EXPECT_LT(text(message).size(), 1001U);
}

TEST_F(MimeTest, OfTwoDatesTheFirstThatCanBeReadCounts) {
  const MimeMessage message = read("Date: yesterday\nDate: Sun, 22 Nov 2026 05:00:00 +0100\n\nx");
  EXPECT_EQ(message.headers().date, 1'795'320'000);
  EXPECT_EQ(message.headers().date_text, "Sun, 22 Nov 2026 05:00:00 +0100");
  EXPECT_EQ(read("Date: yesterday\n\nx").headers().date_text, "yesterday");
}

TEST_F(MimeTest, ACalendarWithoutAnEventIsReadAsItIs) {
  EXPECT_EQ(text(read("Content-Type: text/calendar\n\nPlease come.\n")), "Please come.\n");
  EXPECT_EQ(text(read("Content-Type: text/calendar\n\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\n")),
            "BEGIN:VFREEBUSY\nEND:VFREEBUSY\n");
}

}  // namespace
}  // namespace restante::archive
