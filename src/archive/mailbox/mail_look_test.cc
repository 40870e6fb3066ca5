#include "archive/mailbox/mail_look.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

using namespace std::string_view_literals;

TEST(MailLook, MessagesAreMail) {
  for (const std::string_view text :
       {"Subject: x\r\n\r\nx"sv, "X-Odd: 1\nreceived : from a\n\tby b\n\nx"sv, "From: a@b"sv,
        "From a@b Mon Jan  1 00:00:00 2024\nTo: x\n"sv, ">From a\nDate: now\n"sv,
        "X-Very-Own: 1\n folded\nMessage-Id: <1>\n"sv})
    EXPECT_TRUE(looks_like_mail(text)) << text;
}

TEST(MailLook, OtherFilesAreNone) {
  for (const std::string_view text :
       {""sv, "\n"sv, "\r\nSubject: x\r\n"sv, "joe@pop.example.com uid-1\n"sv,
        "joe@pop.example.com a:b\n"sv, "abc:def\0001795942770\n"sv,
        "# POP3 State File\n# This\n\n*host user\nk uid 1\n"sv, "\xff\xd8\xff\xe0\0\020JFIF"sv,
        "%PDF-1.4\n"sv, "key: value\nother: value\n\n"sv, "HTTP/1.1 200 OK\nDate: now\n"sv,
        " Subject: x\n"sv, "From the desk of: me\n\nTo: you\n"sv, "#!/bin/sh\n"sv})
    EXPECT_FALSE(looks_like_mail(text)) << text;
}

}  // namespace
}  // namespace restante::archive
