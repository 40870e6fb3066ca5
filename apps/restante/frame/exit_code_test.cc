#include "restante/frame/exit_code.h"

#include <gtest/gtest.h>

namespace restante::cli {
namespace {

TEST(Verdict, SomeBadIsPartialAndAllBadIsTheFirst) {
  Verdict verdict;
  EXPECT_EQ(verdict.code(), Exit::kOk) << "nothing to do is well done";
  verdict.add(Exit::kRefused);
  verdict.add(Exit::kUnavailable);
  EXPECT_EQ(verdict.code(), Exit::kRefused);
  verdict.add(Exit::kOk);
  EXPECT_EQ(verdict.code(), Exit::kPartial);
}

TEST(Verdict, InterruptedStaysInterrupted) {
  Verdict verdict;
  verdict.add(Exit::kOk);
  verdict.add(Exit::kInterrupted);
  EXPECT_EQ(verdict.code(), Exit::kInterrupted);
}

TEST(ServerExit, TellsTheServersFaultsFromOurs) {
  EXPECT_EQ(to_server_exit(Error(Errc::kNotFound)), Exit::kNoHost);
  EXPECT_EQ(to_server_exit(Error(Errc::kTimeout)), Exit::kUnavailable);
  EXPECT_EQ(to_server_exit(Error(Errc::kSyntax)), Exit::kProtocol);
  EXPECT_EQ(to_server_exit(Error(Errc::kFull)), Exit::kIo);
  EXPECT_EQ(to_exit(Errc::kTimeout), Exit::kTemporary);
}

}  // namespace
}  // namespace restante::cli
