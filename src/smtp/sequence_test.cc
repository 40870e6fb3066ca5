#include "smtp/sequence.h"

#include <gtest/gtest.h>

#include <array>

namespace restante::smtp {
namespace {

constexpr std::array kPhases = {Phase::kStart,      Phase::kReady,  Phase::kSender,
                                Phase::kRecipients, Phase::kChunks, Phase::kChunksFailed};

// For each verb the phases in which it may come in SMTP, as bits in the order of kPhases.
struct Row {
  Verb verb;
  std::string_view allowed;
};

constexpr std::array kTable = {
    Row{Verb::kEhlo, "yyyyyy"},     Row{Verb::kHelo, "yyyyyy"},     Row{Verb::kLhlo, "------"},
    Row{Verb::kMail, "-y---y"},     Row{Verb::kRcpt, "--yy--"},     Row{Verb::kData, "---y--"},
    Row{Verb::kBdat, "---yy-"},     Row{Verb::kRset, "yyyyyy"},     Row{Verb::kNoop, "yyyyyy"},
    Row{Verb::kQuit, "yyyyyy"},     Row{Verb::kVrfy, "yyyyyy"},     Row{Verb::kHelp, "yyyyyy"},
    Row{Verb::kStarttls, "-yyyyy"}, Row{Verb::kExpn, "------"},     Row{Verb::kAuth, "------"},
    Row{Verb::kUnknown, "------"},  Row{Verb::kXforward, "-y----"}, Row{Verb::kXclient, "yy----"},
};

TEST(Sequence, IsTheTable) {
  for (const Row& row : kTable)
    for (std::size_t i = 0; i < kPhases.size(); ++i)
      EXPECT_EQ(!refusal(row.verb, kPhases[i], Dialect::kSmtp), row.allowed[i] == 'y')
          << "verb " << static_cast<int>(row.verb) << " phase " << i;
}

TEST(Sequence, LmtpDiffersInHelloAndInMissingRecipients) {
  EXPECT_EQ(refusal(Verb::kEhlo, Phase::kStart, Dialect::kLmtp), Reply::kWrongDialectHello);
  EXPECT_EQ(refusal(Verb::kHelo, Phase::kReady, Dialect::kLmtp), Reply::kWrongDialectHello);
  EXPECT_EQ(refusal(Verb::kLhlo, Phase::kStart, Dialect::kLmtp), std::nullopt);
  EXPECT_EQ(refusal(Verb::kMail, Phase::kStart, Dialect::kLmtp), Reply::kLhloFirst);
  EXPECT_EQ(refusal(Verb::kData, Phase::kSender, Dialect::kLmtp), Reply::kRecipientFirst);
  EXPECT_EQ(refusal(Verb::kData, Phase::kSender, Dialect::kSmtp), Reply::kNoValidRecipients);
}

}  // namespace
}  // namespace restante::smtp
