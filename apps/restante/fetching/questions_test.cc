#include "restante/fetching/questions.h"

#include <gmock/gmock.h>
#include <pty.h>
#include <unistd.h>

#include <thread>

namespace restante::cli {
namespace {

using Answer = Questions::Answer;
using std::chrono::milliseconds;

/// stdin is a terminal of no session, as long as this lives.
class QuestionsTest : public testing::Test {
 protected:
  QuestionsTest() : stop(std::move(*net::StopSignal::create())), saved_(::dup(STDIN_FILENO)) {
    int inside = -1;
    EXPECT_EQ(::openpty(&person, &inside, nullptr, nullptr, nullptr), 0);
    ::dup2(inside, STDIN_FILENO);
    ::close(inside);
    testing::internal::CaptureStderr();
  }
  ~QuestionsTest() override {
    if (capturing_) testing::internal::GetCapturedStderr();
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
    ::close(person);
  }
  std::string shown() {
    capturing_ = false;
    return testing::internal::GetCapturedStderr();
  }
  void type(std::string_view text) const {
    EXPECT_EQ(::write(person, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static Questions::Times times(milliseconds tick, std::chrono::seconds patience) {
    Questions::Times made;
    made.tick = tick;
    made.patience = patience;
    return made;
  }

  int person = -1;
  net::StopSignal stop;
  ProgressBoard board{ProgressBoard::Show::kNothing};

 private:
  const int saved_;
  bool capturing_ = true;
};

TEST_F(QuestionsTest, OnlyYesIsYes) {
  Questions questions(board);
  const std::function<Status()> no_tick;
  for (const auto& [typed, answer] : {std::pair("y\n", Answer::kYes),
                                      {"yes\n", Answer::kYes},
                                      {" Y \n", Answer::kYes},
                                      {"n\n", Answer::kNo},
                                      {"\n", Answer::kNo},
                                      {"yesterday\n", Answer::kNo}}) {
    type(typed);
    EXPECT_EQ(*questions.agrees("one\ntwo\n", "Delete?", stop, no_tick), answer) << typed;
  }
  EXPECT_THAT(shown(), testing::StartsWith("one\ntwo\nDelete? [y/N] "));
}

TEST_F(QuestionsTest, WhoThinksIsWaitedForWithTicksAndNotForEver) {
  Questions questions(board, times(milliseconds(100), std::chrono::seconds(1)));
  int ticks = 0;
  const auto answer = questions.agrees("", "Delete?", stop, [&ticks] {
    ++ticks;
    return ok();
  });
  EXPECT_EQ(*answer, Answer::kNobody);
  EXPECT_GE(ticks, 2);
}

TEST_F(QuestionsTest, AServerThatIsGoneEndsTheQuestion) {
  Questions questions(board, times(milliseconds(10), std::chrono::seconds(60)));
  const auto answer =
      questions.agrees("", "Delete?", stop, [] { return Status(Error(Errc::kClosed, "gone")); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kClosed);
  stop.raise();
  EXPECT_EQ(questions.agrees("", "Delete?", stop, {}).error().code, Errc::kState);
}

TEST_F(QuestionsTest, TheNextOneComesWhenTheFirstIsAnswered) {
  Questions questions(board, times(milliseconds(10), std::chrono::seconds(60)));
  std::atomic<int> asked = 0;
  std::atomic<int> waiting = 0;
  const auto ask = [&](std::atomic<int>& ticks) {
    return questions.agrees("", "Delete?", stop, [&] {
      ++ticks;
      return ok();
    });
  };
  std::thread second([&] {
    while (asked == 0) std::this_thread::yield();
    EXPECT_EQ(*ask(waiting), Answer::kNo);
  });
  std::thread person_types([&] {
    while (waiting < 2) std::this_thread::yield();
    type("y\nn\n");
  });
  EXPECT_EQ(*ask(asked), Answer::kYes);
  second.join();
  person_types.join();
  EXPECT_EQ(shown(), "Delete? [y/N] Delete? [y/N] ");
}

}  // namespace
}  // namespace restante::cli
