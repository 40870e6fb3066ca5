#include "mime/structure.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

/// "kind type [body]" of each node, indented by its depth.
std::string outline(std::string_view message) {
  const Structure structure = read_structure(message);
  std::string text;
  std::vector<std::size_t> depths;
  for (const Node& node : structure.nodes) {
    depths.push_back(node.parent == Node::kNone ? 0 : depths[node.parent] + 1);
    text += std::string(depths.back(), ' ') + node.media.type;
    if (node.kind == Kind::kLeaf) text += " [" + std::string(node.body) + "]";
    text += "\n";
  }
  return text;
}

std::string multipart(std::string_view parameters, std::string_view body) {
  return "Content-Type: multipart/mixed" + std::string(parameters) + "\n\n" + std::string(body);
}

TEST(Structure, PartsAreFound) {
  EXPECT_EQ(outline("Subject: s\n\nbody\n"), "text/plain [body\n]\n");
  EXPECT_EQ(outline(multipart("; boundary=b",
                              "preamble\n--b\n\none\n--b\nContent-Type: text/html\n"
                              "\ntwo\n\n--b--\nepilogue\n")),
            "multipart/mixed\n text/plain [one]\n text/html [two\n]\n");
}

TEST(Structure, MessagesWithinAreWalked) {
  EXPECT_EQ(outline(multipart("; boundary=b",
                              "--b\nContent-Type: message/rfc822\n\nFrom: a\n\ninner\n--b--\n")),
            "multipart/mixed\n message/rfc822\n  text/plain [inner]\n");
  EXPECT_EQ(outline("Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a\n\nx\n--b--\n"),
            "multipart/digest\n message/rfc822\n  text/plain [x]\n");
}

/// What signed_content() takes.
std::string signed_around(const std::string& content) {
  const auto element = [](char tag, const std::string& inside) {
    return std::string{tag} + '\x82' + static_cast<char>(inside.size() >> 8U) +
           static_cast<char>(inside.size() & 0xFFU) + inside;
  };
  const std::string id = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
  const std::string info = element('\x30', id + '\1' + element('\xA0', element('\x04', content)));
  return element(
      '\x30', id + '\2' + element('\xA0', element('\x30', std::string("\2\1\1\x31\0", 5) + info)));
}

TEST(Structure, WhatIsSignedWithinIsWalked) {
  const std::string field = "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n";
  const std::string inner = "Content-Type: text/html\n\nwords\n";
  EXPECT_EQ(outline(field + signed_around(inner)),
            "application/pkcs7-mime\n text/html [words\n]\n");
  EXPECT_EQ(outline(field + signed_around(field + signed_around(inner))),
            "application/pkcs7-mime\n application/pkcs7-mime\n  text/html [words\n]\n");
  const std::string mixed =
      multipart("; boundary=i", "--i\n\none\n--i\nContent-Type: text/html\n\ntwo\n--i--\n");
  EXPECT_EQ(outline(multipart("; boundary=o",
                              "--o\n" + field + signed_around(mixed) + "\n--o\n\nfooter\n--o--\n")),
            "multipart/mixed\n application/pkcs7-mime\n  multipart/mixed\n   text/plain [one]\n"
            "   text/html [two]\n text/plain [footer]\n");
  EXPECT_EQ(
      outline("Content-Type: application/octet-stream; name=smime.P7M\n\n" + signed_around(inner)),
      "application/octet-stream\n text/html [words\n]\n");
  // Within itself, deeper than anything that is meant.
  std::string deep = inner;
  for (int i = 0; i < 100; ++i) deep = field + signed_around(deep);
  EXPECT_LE(read_structure(deep).nodes.size(), kDepthMax + 3);
}

TEST(Structure, AnInnerMultipartEndsWithTheOuter) {
  EXPECT_EQ(outline(multipart("; boundary=a",
                              "--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n"
                              "--a\n\ntwo\n--a--\n")),
            "multipart/mixed\n multipart/alternative\n  text/plain [one]\n text/plain [two]\n");
}

TEST(Structure, BoundariesMayBeWrittenInManyWays) {
  const std::string right = "multipart/mixed\n text/plain [one]\n";
  EXPECT_EQ(outline(multipart("; boundary=\"a b\"", "--a b\n\none\n--a b--\n")), right);
  EXPECT_EQ(outline(multipart("; boundary=\"b \"", "--b \t\n\none\n--b --\n")), right);
  EXPECT_EQ(outline(multipart("; boundary=b", "--b\r\n\r\none\r\n--b--")), right);
  EXPECT_EQ(outline("Content-Type: multipart/mixed; boundary=b\r\r--b\r\rone\r--b--\r"), right);
}

TEST(Structure, ALineThatOnlyBeginsLikeABoundaryIsText) {
  EXPECT_EQ(outline(multipart("; boundary=b", "--b\n\n--bc\n-- b\n--\n--b--\n")),
            "multipart/mixed\n text/plain [--bc\n-- b\n--]\n");
}

TEST(Structure, AMissingOrWrongBoundaryIsGuessed) {
  const std::string right = "multipart/mixed\n text/plain [one]\n text/html [two]\n";
  const std::string body = "--q1\n\none\n--q1\nContent-Type: text/html\n\ntwo\n--q1--\n";
  for (const char* const parameters : {"", "; boundary=other", "; boundary=\"\""}) {
    EXPECT_EQ(outline(multipart(parameters, body)), right) << parameters;
    EXPECT_FALSE(read_structure(multipart(parameters, body)).is_whole);
  }
  // And below one that is right, with text around.
  EXPECT_EQ(outline(multipart("; boundary=a", "--a\nContent-Type: multipart/mixed\n\n" + body +
                                                  "--a\n\nlast\n--a--\n")),
            "multipart/mixed\n multipart/mixed\n  text/plain [one]\n  text/html [two]\n"
            " text/plain [last]\n");
}

TEST(Structure, AMultipartWithoutPartsIsText) {
  EXPECT_EQ(outline(multipart("; boundary=b", "only words\n-- \nme\n")),
            "text/plain [only words\n-- \nme\n]\n");
  EXPECT_FALSE(read_structure(multipart("; boundary=b", "words")).is_whole);
}

TEST(Structure, PartsMayHaveNoHeader) {
  EXPECT_EQ(outline(multipart("; boundary=b", "--b\nwords at once\n--b\n\n--b--\n")),
            "multipart/mixed\n text/plain [words at once]\n text/plain []\n");
}

TEST(Structure, WhatIsCutIsSaid) {
  EXPECT_TRUE(read_structure(multipart("; boundary=b", "--b\n\none\n--b--")).is_whole);
  EXPECT_FALSE(read_structure(multipart("; boundary=b", "--b\n\none\n")).is_whole);
  EXPECT_EQ(outline(multipart("; boundary=b", "--b\n\none\n--")),
            "multipart/mixed\n text/plain [one\n--]\n");
}

TEST(Structure, EncodedMessagesAndMultipartsAreDecodedAndWalked) {
  const std::string inner =
      "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
      "RnJvbTogYQoKaW5uZXI=\n";  // "From: a\n\ninner"
  EXPECT_EQ(outline(multipart("; boundary=b", "--b\n" + inner + "--b\n\nafter\n--b--\n")),
            "multipart/mixed\n message/rfc822\n  text/plain [inner]\n text/plain [after]\n");
  EXPECT_EQ(outline("Content-Type: message/rfc822\n"
                    "Content-Transfer-Encoding: quoted-printable\n\nFrom=3A a\n\nin=6Eer"),
            "message/rfc822\n text/plain [inner]\n");
  EXPECT_EQ(outline("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                    "From: a\n\nnot encoded"),
            "message/rfc822\n text/plain [not encoded]\n");
  // "--b\n\none\n--b--\n"
  EXPECT_EQ(outline("Content-Transfer-Encoding: base64\n" +
                    multipart("; boundary=b", "LS1iCgpvbmUKLS1iLS0K\n")),
            "multipart/mixed\n text/plain [one]\n");
}

TEST(Structure, AMessageWithinKeepsItsOctets) {
  const std::string message = multipart(
      "; boundary=b", "--b\nContent-Type: message/rfc822\n\nFrom: a\r\n\r\ninner\r\n\r\n--b--\n");
  const Structure structure = read_structure(message);
  ASSERT_EQ(structure.nodes.size(), 3U);
  EXPECT_EQ(structure.nodes[1].body, "From: a\r\n\r\ninner\r\n");
  EXPECT_EQ(structure.inside(1)->header.raw("From"), "a");
  EXPECT_EQ(structure.inside(0), nullptr);
}

// The bounds: work is counted, for time says nothing on a busy machine.

TEST(Structure, AMillionPartsAreNotWalked) {
  std::string message = multipart("; boundary=b", "");
  for (int i = 0; i < 1'000'000; ++i) message += "--b\r\n\r\n";
  const Structure structure = read_structure(message);
  EXPECT_EQ(structure.nodes.size(), kPartsMax + 1);
  EXPECT_FALSE(structure.is_whole);
  EXPECT_LE(structure.work, 2 * message.size());
}

TEST(Structure, WhatFollowsTooManyPartsIsNoPartOfAMessage) {
  std::string message = multipart("; boundary=a", "--a\nContent-Type: message/rfc822\n\n");
  std::string inner = multipart("; boundary=b", "");
  for (std::size_t i = 0; i < 2 * kPartsMax; ++i) inner += "--b\n\nx\n";
  message += inner + "--b--\n--a\n\nafter\n--a--\n";
  const Structure structure = read_structure(message);
  EXPECT_EQ(structure.nodes[1].body, inner + "--b--") << "it can be saved whole";
}

TEST(Structure, NestingIsBounded) {
  std::string multiparts;
  std::string messages;
  for (int i = 0; i < 5'000; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    multiparts += multipart("; boundary=" + boundary, "--" + boundary + "\n");
    messages += "Content-Type: message/rfc822\n\n";
  }
  for (const std::string& message : {multiparts, messages}) {
    const Structure structure = read_structure(message);
    EXPECT_LE(structure.nodes.size(), kDepthMax + 1);
    EXPECT_FALSE(structure.is_whole);
    EXPECT_LE(structure.work, 8 * message.size() + 4096);
  }
}

TEST(Structure, GuessesShareABudget) {
  // Each level has a wrong boundary, and would be looked at again by each around it.
  std::string message;
  for (int i = 0; i < 60; ++i)
    message += multipart("; boundary=no", "--g" + std::to_string(i) + "\n");
  message += "\n" + std::string(100'000, 'x');
  const Structure structure = read_structure(message);
  EXPECT_LE(structure.work, 8 * message.size() + 4096);
}

TEST(Structure, MessagesEncodedInEachOtherShareIt) {
  std::string message = "From: a\n\nx";
  for (int i = 0; i < 200; ++i)
    message =
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n" + message;
  EXPECT_LE(read_structure(message).work, 8 * message.size() + 4096);
}

TEST(Structure, AnythingIsAMessage) {
  for (const std::string_view message :
       {std::string_view(""), std::string_view("\0\0\0", 3), std::string_view("\n"),
        std::string_view("--"), std::string_view("Content-Type: multipart/mixed; boundary=b"),
        std::string_view("Content-Type: message/rfc822"), std::string_view("\r\r\r")})
    EXPECT_FALSE(read_structure(message).nodes.empty());
}

TEST(Structure, WhatIsDecodedIsBounded) {
  // 2 octets of uuencode become 45.
  std::string lines;
  while (lines.size() < (4U << 20)) lines += "M\n";
  const Structure structure = read_structure(
      "Content-Type: message/rfc822\nContent-Transfer-Encoding: uuencode\n\nbegin 644 x\n" + lines);
  ASSERT_EQ(structure.decoded.size(), 1U);
  EXPECT_EQ(structure.decoded[0].size(), kDecodedBytesMax);
  EXPECT_FALSE(structure.is_whole);
}

TEST(Structure, MessagesEncodedInEachOtherAreNoDeeperThanOthers) {
  std::string inner = "From: a\n\nx";
  for (int i = 0; i < 200; ++i)
    inner = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n" + inner;
  const Structure structure = read_structure(
      multipart("; boundary=b", "--b\n\n" + std::string(4U << 20, 'x') + "\n--b\n" + inner));
  EXPECT_LE(structure.nodes.size(), kDepthMax + 2);
  EXPECT_FALSE(structure.is_whole);
}

TEST(Structure, AClosingBoundaryAloneMakesNoParts) {
  const std::string message = multipart("; boundary=b", "only preamble text\n--b--\n\n");
  EXPECT_EQ(outline(message), "text/plain [only preamble text\n]\n");
  EXPECT_FALSE(read_structure(message).is_whole);
  EXPECT_EQ(outline(multipart("; boundary=b", "one\n--b--\ntwo\n")),
            "text/plain [one\n--b--\ntwo\n]\n");
}

TEST(Structure, AWrongBoundaryIsGuessedBeforeAPartWithoutAHeader) {
  EXPECT_EQ(outline(multipart("; boundary=other",
                              "--xyz\nwords at once\n--xyz\nContent-Type: text/html\n\n<b>\n"
                              "--xyz--\n")),
            "multipart/mixed\n text/plain [words at once]\n text/html [<b>]\n");
  EXPECT_EQ(outline(multipart("", "--xyz\nwords at once\n--xyz--\n")),
            "multipart/mixed\n text/plain [words at once]\n");
}

TEST(Structure, ADigestsMessagesNeedNoBlankLineBeforeThem) {
  const Structure structure = read_structure(
      "Content-Type: multipart/digest; boundary=b\n\n--b\nFrom: a\nSubject: one\n\nx\n--b--\n");
  ASSERT_EQ(structure.nodes.size(), 3U);
  EXPECT_EQ(structure.inside(1)->header.raw("Subject"), "one");
  EXPECT_EQ(structure.nodes[2].body, "x");
}

TEST(Structure, OneBoundaryMayServeTwo) {
  EXPECT_EQ(outline(multipart("; boundary=b",
                              "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n"
                              "--b--\n--b\n\ntwo\n--b--\n")),
            "multipart/mixed\n multipart/alternative\n  text/plain [one]\n text/plain [two]\n");
}

}  // namespace
}  // namespace restante::mime
