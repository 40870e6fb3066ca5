#include "archive/message/part_list.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

/// "type name" of each part, and behind it t, a, f: text, attachment, a file to save.
std::string listed(const std::string& message) {
  const mime::Structure structure = mime::read_structure(message);
  std::string lines;
  for (const MimePart& part : list_parts(structure).parts) {
    lines += part.type + (part.name.empty() ? "" : " " + part.name) + " " +
             (part.is_text ? "t" : "") + (part.is_attachment ? "a" : "") +
             (part.is_file ? "f" : "") + "\n";
  }
  return lines;
}

std::string multipart(std::string_view type, const std::vector<std::string>& parts) {
  const std::string name = "b" + std::to_string(type.size());
  std::string text = "Content-Type: multipart/" + std::string(type) + "; boundary=" + name + "\n\n";
  for (const std::string& part : parts) text += "--" + name + "\n" + part + "\n";
  return text + "--" + name + "--\n";
}

const std::string kText = "Content-Type: text/plain\n\nwords";
const std::string kNamedText = "Content-Type: text/plain; name=notes.txt\n\nwords";
const std::string kHtml = "Content-Type: text/html\n\n<img src=\"cid:logo@x\">";
const std::string kLogo = "Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>\n\nPNG";
const std::string kPhoto = "Content-Type: image/jpeg; name=p.jpg\nContent-ID: <other@x>\n\nJPEG";
const std::string kPdf = "Content-Type: application/pdf; name=a.pdf\n\nPDF";

TEST(PartList, ANamedTextIsRead) {
  EXPECT_EQ(listed(kNamedText), "text/plain notes.txt t\n");
  EXPECT_EQ(listed("Content-Disposition: inline; filename=x.txt\n\nwords"), "text/plain x.txt t\n");
  EXPECT_EQ(listed(multipart("mixed", {kText, kPdf, kNamedText})),
            "text/plain t\napplication/pdf a.pdf af\ntext/plain notes.txt taf\n")
      << "and saved, where it stands beside another";
  EXPECT_EQ(listed(multipart("mixed", {kText,
                                       "Content-Disposition: attachment; filename=x.txt\n"
                                       "\nwords"})),
            "text/plain t\ntext/plain x.txt af\n");
}

TEST(PartList, AnyTextIsText) {
  for (const char* const type : {"text/markdown", "text/enriched", "text/x-patch",
                                 "message/delivery-status", "message/partial"})
    EXPECT_EQ(listed("Content-Type: " + std::string(type) + "\n\nwords"),
              std::string(type) + " t\n");
  EXPECT_EQ(listed(multipart("mixed", {kText, "Content-Type: text/csv; name=a.csv\n\n1,2"})),
            "text/plain t\ntext/csv a.csv af\n")
      << "a table with a name is a file";
  EXPECT_EQ(listed("Content-Type: garbage\n\nwords"), "text/plain t\n");
  EXPECT_EQ(listed("Content-Type: garbage\nContent-Transfer-Encoding: base64\n\nAAEC"),
            "application/octet-stream af\n");
}

TEST(PartList, PicturesThatTheTextShowsAreNoFiles) {
  EXPECT_EQ(listed(multipart("related", {kHtml, kLogo})), "text/html t\nimage/png logo.png a\n");
  EXPECT_EQ(listed(multipart("mixed", {kHtml, kLogo, kPhoto})),
            "text/html t\nimage/png logo.png a\nimage/jpeg p.jpg af\n");
  EXPECT_EQ(listed(multipart("related", {kHtml, kPdf})), "text/html t\napplication/pdf a.pdf af\n");
}

TEST(PartList, WhatMailNeedsForItselfIsNoFile) {
  EXPECT_EQ(listed(multipart("signed", {kText, "Content-Type: application/pgp-signature\n\nsig"})),
            "text/plain t\napplication/pgp-signature signature.asc a\n");
  EXPECT_EQ(listed(multipart("encrypted",
                             {"Content-Type: application/pgp-encrypted\n\nVersion: 1",
                              "Content-Type: application/octet-stream; name=e.asc\n\nsecret"})),
            "application/pgp-encrypted version.asc a\napplication/octet-stream e.asc a\n");
  EXPECT_EQ(listed(multipart("report", {kText, "Content-Type: message/delivery-status\n\nStatus: 5",
                                        "Content-Type: message/rfc822\n\nSubject: s\n\nwords"})),
            "text/plain t\nmessage/delivery-status t\nmessage/rfc822 s.eml a\ntext/plain t\n");
  EXPECT_EQ(listed(multipart("alternative", {kText, "Content-Type: text/x-amp-html\n\n<html>"})),
            "text/plain t\ntext/x-amp-html a\n");
  EXPECT_EQ(listed("Content-Type: text/calendar; name=i.ics\n\nBEGIN:VCALENDAR"),
            "text/calendar i.ics ta\n");
}

TEST(PartList, MessagesKeepTheirNames) {
  const std::string inner = "\n\nSubject: subject\n\nwords";
  EXPECT_EQ(listed("Content-Type: message/rfc822; name=given.eml" + inner),
            "message/rfc822 given.eml af\ntext/plain t\n");
  EXPECT_EQ(listed("Content-Type: message/rfc822\nContent-Disposition: attachment; filename=d.eml" +
                   inner),
            "message/rfc822 d.eml af\ntext/plain t\n");
  EXPECT_EQ(listed("Content-Type: message/rfc822" + inner),
            "message/rfc822 subject.eml a\ntext/plain t\n");
  EXPECT_EQ(listed("Content-Type: message/rfc822\n\n\nwords"),
            "message/rfc822 message.eml a\ntext/plain t\n");
}

TEST(PartList, FilesWithinATextArePartsOfTheirOwn) {
  const std::string message = "\nbefore\nbegin 644 a.txt\n#86)C\n`\nend\nafter\n";
  EXPECT_EQ(listed(message), "text/plain t\napplication/octet-stream a.txt af\n");
  const mime::Structure structure = mime::read_structure(message);
  const PartList list = list_parts(structure);
  EXPECT_EQ(list.contents[0].raw, "before\nafter\n");
  EXPECT_EQ(mime::decode(list.contents[1].raw, list.contents[1].encoding, mime::Footer::kLeftOut),
            "abc");
}

TEST(PartList, OutlooksFileIsUnpacked) {
  // Signature, key; attachment; its title; its data.
  const std::string tnef(
      "\x78\x9F\x3E\x22\x01\x00"
      "\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"
      "\x02\x10\x80\x01\x00\x04\x00\x00\x00"
      "a.b\0\0\0"
      "\x02\x0F\x80\x06\x00\x03\x00\x00\x00"
      "abc\0\0",
      47);
  EXPECT_EQ(listed(multipart("mixed", {kText, "Content-Type: application/ms-tnef\n\n" + tnef})),
            "text/plain t\napplication/ms-tnef winmail.dat a\napplication/octet-stream a.b af\n");
  EXPECT_EQ(listed(multipart("mixed", {kText, "Content-Type: application/ms-tnef\n\nwords"})),
            "text/plain t\napplication/ms-tnef winmail.dat af\n");
}

std::string little_endian(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8U) text += static_cast<char>(value & 0xFFU);
  return text;
}

std::string attribute(std::uint32_t id, const std::string& data) {
  return little_endian(1, 1) + little_endian(id, 4) + little_endian(data.size(), 4) + data + "..";
}

std::string property(std::uint32_t type, std::uint32_t id, const std::string& value) {
  return little_endian(1, 4) + little_endian(type, 2) + little_endian(id, 2) + little_endian(1, 4) +
         little_endian(value.size(), 4) + value + std::string((4 - value.size() % 4) % 4, '\0');
}

TEST(PartList, OutlooksTextAndMessagesAreUnpacked) {
  const std::string begin = little_endian(0x223E9F78, 4) + "..";
  const std::string rtf =
      begin + attribute(0x00069003, property(0x0102, 0x1009, "ssssrrrrMELAcccc{\\rtf1 the words}"));
  EXPECT_EQ(listed("Content-Type: application/ms-tnef\n\n" + rtf),
            "application/ms-tnef winmail.dat af\ntext/plain t\n");
  EXPECT_EQ(listed(multipart("mixed", {kText, "Content-Type: application/ms-tnef\n\n" + rtf})),
            "text/plain t\napplication/ms-tnef winmail.dat af\n");
  const std::string id("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16);
  std::string nested = rtf + attribute(0x00069002, "") +
                       attribute(0x00018010, std::string("a.b\0", 4)) +
                       attribute(0x0006800F, "octets");
  for (int depth = 0; depth < 20; ++depth)
    nested = begin + attribute(0x00069002, "") +
             attribute(0x00069005, property(0x000D, 0x3701, id + nested));
  const auto times = [](const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
  };
  // No more messages within messages are opened than this.
  EXPECT_EQ(times(listed("Content-Type: application/ms-tnef\n\n" + nested), "text/plain t\n"), 8U);
  const std::string one = begin + attribute(0x00069002, "") +
                          attribute(0x00069005, property(0x000D, 0x3701,
                                                         id + rtf + attribute(0x00069002, "") +
                                                             attribute(0x0006800F, "octets")));
  EXPECT_EQ(listed("Content-Type: application/ms-tnef\n\n" + one),
            "application/ms-tnef winmail.dat a\ntext/plain t\ntext/plain t\n"
            "application/octet-stream af\n");
}

TEST(PartList, WhatIsSignedIsReadAndNoFile) {
  const std::string id = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
  const auto element = [](char tag, const std::string& inside) {
    return std::string{tag} + static_cast<char>(inside.size()) + inside;
  };
  const std::string signed_text = element(
      '\x30',
      id + '\2' +
          element(
              '\xA0',
              element('\x30',
                      std::string("\2\1\1\x31\0", 5) +
                          element('\x30', id + '\1' + element('\xA0', element('\4', "\nhi"))))));
  EXPECT_EQ(listed("Content-Type: application/pkcs7-mime; name=smime.p7m\n\n" + signed_text),
            "application/pkcs7-mime smime.p7m a\ntext/plain t\n");
}

TEST(PartList, ADescriptionMayBeTheName) {
  const std::string file = "Content-Type: application/pdf\nContent-Description: ";
  EXPECT_EQ(listed(multipart("mixed", {kText, file + "My report.pdf\n\nPDF"})),
            "text/plain t\napplication/pdf My report.pdf af\n");
  EXPECT_EQ(listed(multipart("mixed", {kText, file + "A report. Read it.\n\nPDF"})),
            "text/plain t\napplication/pdf af\n");
}

TEST(PartList, AlternativesKnowWhatIsAroundThem) {
  const mime::Structure structure = [] {
    static const std::string message = multipart(
        "alternative", {kText, "Content-Type: multipart/mixed; boundary=m\n\n--m\n" +
                                   std::string("Content-Type: multipart/alternative; boundary=i\n\n"
                                               "--i\n\none\n--i\n\ntwo\n--i--\n--m--")});
    return mime::read_structure(message);
  }();
  const PartList list = list_parts(structure);
  ASSERT_EQ(list.parts.size(), 3U);
  EXPECT_EQ(list.parts[0].alternative, 1U);
  EXPECT_EQ(list.parts[1].alternative, 2U);
  EXPECT_EQ(list.parts[2].branch, 1U);
  ASSERT_EQ(list.alternatives.size(), 2U);
  EXPECT_EQ(list.alternatives[1].outer, 1U);
  EXPECT_EQ(list.alternatives[1].outer_branch, 1U);
}

TEST(PartList, AnAttachedTextAloneIsRead) {
  const std::string attached = "Content-Disposition: attachment; filename=x.txt\n\nwords";
  EXPECT_EQ(listed(attached), "text/plain x.txt taf\n");
  EXPECT_EQ(listed("Content-Type: message/rfc822; name=m.eml\n\n" + attached),
            "message/rfc822 m.eml af\ntext/plain x.txt taf\n");
}

TEST(PartList, AnAttachedPictureBesideHtmlIsAFileUnlessItIsShown) {
  const std::string attached = "Content-Disposition: attachment; filename=photo.jpg\n";
  EXPECT_EQ(listed(multipart("related", {kHtml, attached + "Content-Type: image/jpeg\n\nJPEG"})),
            "text/html t\nimage/jpeg photo.jpg af\n");
  EXPECT_EQ(listed(multipart("related", {kHtml, attached + kPhoto})),
            "text/html t\nimage/jpeg photo.jpg af\n");
  EXPECT_EQ(listed(multipart("related", {kHtml, attached + kLogo})),
            "text/html t\nimage/png photo.jpg a\n");
}

TEST(PartList, HtmlMayNameAPictureInManyWays) {
  for (const char* const link : {"cid:logo%40x", "CID:logo@x", "Cid:%6Cogo@x"})
    EXPECT_EQ(listed(multipart(
                  "mixed",
                  {"Content-Type: text/html\n\n<img src=\"" + std::string(link) + "\">", kLogo})),
              "text/html t\nimage/png logo.png a\n")
        << link;
}

}  // namespace
}  // namespace restante::archive
