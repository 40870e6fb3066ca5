#include "server/start/installation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/start/place_watch.h"

namespace restante::server {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class InstallationTest : public ::testing::Test {
 protected:
  InstallationTest() {
    std::string pattern = (fs::temp_directory_path() / "restante-in-XXXXXX").string();
    parent_ = ::mkdtemp(pattern.data());
    make_folders();
  }
  ~InstallationTest() override { fs::remove_all(parent_); }

  void make_folders() const {
    fs::create_directories(places_().data_dir / "maildrops");
    fs::create_directories(places_().witness_dir);
  }
  [[nodiscard]] InstallationPlaces places_() const {
    return {parent_ / "data", parent_ / "data.witness"};
  }
  std::string begin() {
    auto found = find_installation(places_());
    EXPECT_TRUE(found);
    auto begun = begin_installation(places_(), *found);
    EXPECT_TRUE(begun && begun->witness);
    return begun->id;
  }
  [[nodiscard]] std::string why_not() const {
    const auto found = find_installation(places_());
    if (found) return "found: " + *found;
    return std::string(to_string(found.error().code)) + ": " + found.error().detail;
  }

  fs::path parent_;
};

TEST_F(InstallationTest, BeginsOnceAndIsKnownAgain) {
  EXPECT_EQ(*find_installation(places_()), "");
  const auto begun = begin_installation(places_(), "");
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->is_new && begun->is_marked);
  EXPECT_THAT(begun->id, SizeIs(32));
  EXPECT_EQ(*find_installation(places_()), begun->id);
  EXPECT_TRUE(check_installation(places_().data_dir, begun->id));
  const auto again = begin_installation(places_(), begun->id);
  EXPECT_FALSE(again->is_new || again->is_marked);
  EXPECT_EQ(again->id, begun->id);
}

TEST_F(InstallationTest, WhatAnEarlierVersionMadeIsMarked) {
  fs::create_directories(places_().data_dir / "maildrops" / "3f");
  const auto begun = begin_installation(places_(), *find_installation(places_()));
  EXPECT_TRUE(begun->is_marked);
  EXPECT_FALSE(begun->is_new);
}

TEST_F(InstallationTest, OneThatIsGoneIsNotBegunAnew) {
  const std::string id = begin();
  fs::rename(places_().data_dir, parent_ / "aside");
  EXPECT_THAT(why_not(), HasSubstr("busy: data_dir"));
  EXPECT_THAT(why_not(), HasSubstr(id));
  fs::create_directories(places_().data_dir / "maildrops");
  EXPECT_THAT(why_not(), HasSubstr("is its file system mounted?")) << "an empty mount point";
  fs::remove_all(places_().data_dir);
  fs::rename(parent_ / "aside", places_().data_dir);
  EXPECT_EQ(*find_installation(places_()), id);
}

TEST_F(InstallationTest, AnothersIsNotTaken) {
  begin();
  fs::rename(places_().data_dir, parent_ / "aside");
  const InstallationPlaces other(parent_ / "data", parent_ / "other.witness");
  fs::create_directories(other.data_dir / "maildrops");
  ASSERT_TRUE(begin_installation(other, ""));
  EXPECT_THAT(why_not(), HasSubstr("belongs to installation"));
}

TEST_F(InstallationTest, AMarkingThatWasCutShortGoesOn) {
  const std::string id = begin();
  fs::remove(places_().data_dir / kInstallationName);
  fs::remove(places_().witness_dir / kInstallationName);
  EXPECT_EQ(*find_installation(places_()), id);
  EXPECT_EQ(begin(), id);
}

TEST_F(InstallationTest, AMarkThatCannotBeReadIsNobodys) {
  const std::string id = begin();
  std::ofstream(places_().data_dir / kInstallationName) << "restante installation 12";
  EXPECT_THAT(why_not(), HasSubstr("is damaged: put the one of"));
  EXPECT_FALSE(check_installation(places_().data_dir, id));
}

TEST_F(InstallationTest, MaildropsThatAreGoneAreSeen) {
  const std::string id = begin();
  const fs::path maildrops = places_().data_dir / "maildrops";
  PlaceWatch watch(places_().data_dir, id);
  EXPECT_TRUE(watch.check());
  fs::rename(maildrops, parent_ / "m");
  EXPECT_EQ(watch.check().error().code, Errc::kIo);
  EXPECT_TRUE(watch.is_lost());
  fs::create_directory(maildrops);
  EXPECT_FALSE(watch.check()) << "an empty mount point";
  fs::remove(maildrops);
  fs::rename(parent_ / "m", maildrops);
  EXPECT_TRUE(watch.check());
  EXPECT_FALSE(watch.is_lost());
}

TEST_F(InstallationTest, TheGaugeSaysIt) {
  const std::string id = begin();
  Counter gauge;
  PlaceWatch watch(places_().data_dir, id);
  ASSERT_TRUE(watch.start(gauge));
  fs::rename(places_().data_dir, parent_ / "aside");
  EXPECT_FALSE(watch.check());
  EXPECT_EQ(gauge.value(), 1U);
}

TEST_F(InstallationTest, ARestoreMakesItAnother) {
  const std::string id = begin();
  fs::rename(places_().data_dir, parent_ / "aside");
  fs::create_directory(places_().data_dir);
  const auto renewed = renew_installation(places_());
  ASSERT_TRUE(renewed && renewed->witness);
  EXPECT_NE(renewed->id, id);
  EXPECT_EQ(*find_installation(places_()), renewed->id);
  fs::remove_all(places_().data_dir);
  fs::rename(parent_ / "aside", places_().data_dir);
  EXPECT_THAT(why_not(), HasSubstr("belongs to installation " + id)) << "the old one came back";
}

TEST_F(InstallationTest, WithoutAWitnessItGoesOn) {
  fs::remove_all(places_().witness_dir);
  const auto begun = begin_installation(places_(), "");
  ASSERT_TRUE(begun);
  EXPECT_FALSE(begun->witness);
  EXPECT_TRUE(renew_installation(places_())->witness) << "there was none to renew";
}

TEST_F(InstallationTest, AWitnessOnTheSameMountIsNone) {
  begin();
  EXPECT_FALSE(witness_shares_fate({"/proc/self", "/proc/self/none"}));
  EXPECT_TRUE(witness_shares_fate({"/proc/self", "/proc"}));
  EXPECT_FALSE(witness_shares_fate({"/proc/self", "/"}));
  EXPECT_FALSE(witness_shares_fate({"/", "/"})) << "the root file system is always there";
}

TEST(InstallationPlaces, TheWitnessLiesBesideTheData) {
  settings::Config config;
  for (const char* folder : {"/srv/mail", "/srv/mail/", "/srv/x/../mail/"}) {
    config.data_dir = folder;
    EXPECT_EQ(InstallationPlaces(config).witness_dir, "/srv/mail.witness");
  }
  config.witness_dir = "/etc/restante";
  EXPECT_EQ(InstallationPlaces(config).witness_dir, "/etc/restante");
}

}  // namespace
}  // namespace restante::server
