#include "mime/date.h"

#include <gtest/gtest.h>

#include <string>

namespace restante::mime {
namespace {

// 1 July 2003, 08:52:37 UTC.
constexpr std::int64_t kThen = 1057049557;

TEST(Date, InAllForms) {
  for (const char* const text : {
           "Tue, 1 Jul 2003 10:52:37 +0200",
           "Tue, 01 Jul 2003 10:52:37 +02:00",
           "Tue, 1 Jul 2003 10:52:37 +2",
           "Tue, 1 Jul 2003 10:52:37 GMT+0200",
           "Tue, 1 Jul 2003 10:52:37 GMT+02:00",
           "Tue, 1 Jul 2003 10:52:37 UTC+2 (CEST)",
           "Tue, 1 Jul 2003 02:52:37 -600",
           "Tue, 1 Jul 2003 02:52:37 -0600 (MDT)",
           "Tue, 1 Jul 2003 04:52:37 (EDT) -0400",
           "Tue, 1 Jul 2003 04:52:37 (EDT)",
           "Tue, 1 Jul 2003 04:52:37 EDT",
           "Tue, 1 Jul 2003 04:52:37 edt",
           "Tue, 1 Jul 2003 03:52:37 est",
           "Tue, 1 Jul 2003 03:52:37 EST -0500",
           "Tue, 1 Jul 2003 10:52:37 0200",
           "=?utf-8?Q?Tue,_1_Jul_2003_10:52:37_+0200?=",
           "Tue, 1 Jul 2003 10:52:37 (UTC+2)",
           "Tue, 1 Jul 2003 10:52:37 (GMT+02:00) Berlin",
           "2003年7月1日 08:52:37",
           "Tue, 1 Jul 2003 14:22:37 0530 (IST)",
           "Tue, 1 Jul 2003 10:52 :37 02:00",
           "2003-07-01 10:52:37 0200",
           "Tue, 1 Jul 2003 08:52:37 0000",
           "Tue, 1 Jul 2003 08:52:37 2003",
           "Tue, 1 Jul 2003 08:52:37 Z",
           "Tue, 1 Jul 2003 08:52:37 K",
           "Tue, 1 Jul 2003 08:52:37 ut",
           "Tue, 1 Jul 2003 08:52:37",
           "Tue, 1 Jul 2003 08:52:37 -0000",
           "Tue, 1 Jul 2003 08.52.37",
           "Tue, 1 Jul 2003 10.52.37 +0200",
           "Tue, 1 Jul 2003 10:52:37.123 +0200",
           "Tue, 1 Jul 2003 10:52:37,5 +0200",
           "Tue, 1 Jul 2003 10:52:37+0200",
           "Tue, 1 Jul 2003 10 : 52 : 37 +0200",
           "Tue, 1 Jul 2003 08:52:37 AM",
           "Mon, 1 Jul 2003 08:52:37 GMT",
           "1 Jul 2003 08:52:37 GMT",
           "Tuesday, July 1, 2003 8:52:37 AM",
           "Tue, 1 Jul 03 08:52:37 GMT",
           "Tue, 1 Jul 103 08:52:37 GMT",
           "Tue Jul  1 08:52:37 2003",
           "Tue Jul 01 10:52:37 +0200 2003",
           "Tue Jul  1 10:52:37 CEST 2003",
           "1-Jul-2003 08:52:37",
           "01Jul2003 08:52:37",
           "2003-07-01T08:52:37Z",
           "2003-07-01T10:52:37+02:00",
           "2003-07-01t08:52:37.123456z",
           "2003-07-01 08:52:37",
           "2003-07-01T08:52:37",
           "2003/07/01 08:52:37",
           "20030701T085237Z",
           "7/1/2003 8:52:37 AM",
           "01.07.2003 08:52:37",
           "2003 Jul 1 08:52:37",
           " Tue,\r\n 1 Jul 2003\t08:52:37 (a (b) c) GMT (d)",
           "1057049557",
           "Tue, 1 Jul 2003 08:52:37 +9999",
           "Tue, 1 July 2003 08:52:37 GMT;",
       })
    EXPECT_EQ(parse_date(text), kThen) << text;
}

TEST(Date, OddForms) {
  for (const char* const text : {
           "Mar, 01 Jul 2003 08:52:37 GMT",
           "mar. 1 juil. 2003 08:52:37 +0000",
           "Tue, 1 Jul 2003 08:52:37 GMT 1.5",
           "Tue, 1 Jul 2003 08:52:37 +0000 [10.0.0.1]",
           "Tue, 1 Jul 2003 08:52:37 +0000 2-3-4",
           "08:52:37 01-Jul-03",
           "10:52:37 +0200 1-Jul-2003",
           "1 Jul 2003 8:52:37 a.m.",
           "1 Jul 2003 AM 8:52:37",
           "1 Jul 2003 3:52:37 a.m. EST",
           "Tue Jul 1 10:52:37 2003 MET DST",
           "Tue, 1 Jul 2003 10:52:37 + 0200",
           "Tue, 1 Jul 2003 03:52:37 \xE2\x88\x92"
           "0500",
           "20030701085237",
           "2003-07-01T105237+0200",
           "Tue, 1 Jul 2003 10 52 37 +0200",
           "Di, 1. Juli 2003 10:52:37 +0200",
           "am 1. Juli 2003 um 08:52:37",
           "1 de julio de 2003 08:52:37",
           "1 juillet 2003 08:52:37",
           "1 lug 2003 08:52:37",
       })
    EXPECT_EQ(parse_date(text), kThen) << text;
  EXPECT_EQ(parse_date("1 Jul 2003 6:09 p.m. EST"), 1057017600 + 23 * 3600 + 9 * 60);
  EXPECT_EQ(parse_date("1 Jul 2003 PM 6:09"), 1057017600 + 18 * 3600 + 9 * 60);
  EXPECT_EQ(parse_date("am 1. Juli 2003 um 12:09"), 1057017600 + 12 * 3600 + 9 * 60);
  EXPECT_EQ(parse_date("30 Jun 2003 24:00:00"), 1057017600);
  EXPECT_EQ(parse_date("1 Jul 2003 00:00:61"), 1057017600 + 61);
  EXPECT_EQ(parse_date("1. März 2003"), parse_date("1 Mar 2003"));
  EXPECT_EQ(parse_date("1. Okt 2003"), parse_date("1 Oct 2003"));
  EXPECT_EQ(parse_date("1. Dez 2003"), parse_date("1 Dec 2003"));
  EXPECT_EQ(received_date("by x with SMTP Tue, 1 Jul 2003 10:52:37 +0200"), kThen);
  EXPECT_EQ(received_date("by sun with SMTP"), std::nullopt);
}

TEST(Date, TheTimeMayBeLess) {
  EXPECT_EQ(parse_date("1 Jul 2003 08:52 GMT"), kThen - 37);
  EXPECT_EQ(parse_date("1 Jul 2003"), 1057017600);
  EXPECT_EQ(parse_date("2003-07-01"), 1057017600);
  EXPECT_EQ(parse_date("1 Jul 2003 06:09 PM"), 1057017600 + 18 * 3600 + 9 * 60);
  EXPECT_EQ(parse_date("1 Jul 2003 12:09 pm"), 1057017600 + 12 * 3600 + 9 * 60);
  EXPECT_EQ(parse_date("1 Jul 2003 12:09 am"), 1057017600 + 9 * 60);
  EXPECT_EQ(parse_date("31 Dec 2016 23:59:60 GMT"), 1483228800);
}

TEST(Date, LongAgo) {
  EXPECT_EQ(parse_date("Thu, 1 Jan 1970 00:00:00 +0000"), 0);
  EXPECT_EQ(parse_date("Thu, 1 Jan 1970 00:00:00 +0100"), -3600);
  EXPECT_EQ(parse_date("Thu, 13 Feb 1969 23:32 -0330"), -27723480);
  EXPECT_EQ(parse_date("21 Nov 66 09:55:06"), -98201094);
  EXPECT_EQ(parse_date("1 Jan 49 00:00"), 2493072000);
}

TEST(Date, Nonsense) {
  for (const char* const text : {"",
                                 "now",
                                 "32 Jul 2003 10:00",
                                 "30 Feb 2003 10:00",
                                 "1 Jul 0102 10:00",
                                 "2003-13-01",
                                 "2003-07-32",
                                 "Tue, 1 2003",
                                 "1 Jul 2003 25:00",
                                 "1 Jul 2003 10:61",
                                 "Jul 2003",
                                 "Tue, 1 Jul",
                                 "1 Jul 20033 10:00",
                                 "13/13/2003",
                                 "12",
                                 "99999999999",
                                 "1 Jul 1899",
                                 "0 Jul 2003",
                                 "(",
                                 "1 Foo 2003 10:00",
                                 "20031301T000000"})
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  for (const char c : {'(', '1', ':', '-', ' ', 'J', '+', '.', '\\', '\0'})
    EXPECT_EQ(parse_date(std::string(1U << 20, c)), std::nullopt) << c;
}

TEST(Date, OfReceived) {
  EXPECT_EQ(received_date(
                "from a (b; c) by d with ESMTP id x;\r\n Tue, 1 Jul 2003 10:52:37 +0200 (CEST)"),
            kThen);
  EXPECT_EQ(received_date("by d; Tue, 1 Jul 2003 08:52:37 +0000 (a; b)"), kThen);
  EXPECT_EQ(received_date("from a by d"), std::nullopt);
  EXPECT_EQ(received_date("from a by d; yesterday"), std::nullopt);
  EXPECT_EQ(received_date(std::string(1U << 20, ';')), std::nullopt);
}

}  // namespace
}  // namespace restante::mime
