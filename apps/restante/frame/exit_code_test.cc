#include "restante/frame/exit_code.h"

#include <gtest/gtest.h>

namespace restante::cli {
namespace {

TEST(JointExit, SomeBadIsPartialAndAllBadIsTheFirst) {
  JointExit joint;
  EXPECT_EQ(joint.code(), Exit::kOk) << "nothing to do is well done";
  joint.add(Exit::kRefused);
  joint.add(Exit::kUnavailable);
  EXPECT_EQ(joint.code(), Exit::kRefused);
  joint.add(Exit::kOk);
  EXPECT_EQ(joint.code(), Exit::kPartial);
}

TEST(JointExit, InterruptedStaysInterrupted) {
  JointExit joint;
  joint.add(Exit::kOk);
  joint.add(Exit::kInterrupted);
  EXPECT_EQ(joint.code(), Exit::kInterrupted);
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
