#include "files/readable.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace restante::files {
namespace {

namespace fs = std::filesystem;

/// Everything in a folder of its own; asked as the user `nobody` where root runs the test.
class ReadableTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "restante-readable-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::permissions(folder_, fs::perms(0755));
    fs::create_directories(folder_ / "live/a.test");
    fs::create_directories(folder_ / "archive/a.test");
    std::ofstream(folder_ / "archive/a.test/privkey1.pem") << "key";
    key_ = folder_ / "live/a.test/privkey.pem";
    fs::create_symlink("../../archive/a.test/privkey1.pem", key_);
    if (::geteuid() == 0) EXPECT_EQ(::seteuid(65534), 0);
  }
  void TearDown() override {
    if (::getuid() == 0) EXPECT_EQ(::seteuid(0), 0);
    for (const char* part : {"live", "archive", "archive/a.test/privkey1.pem"})
      fs::permissions(folder_ / part, fs::perms(0755));
    fs::remove_all(folder_);
  }
  void close(const char* part) {
    const uid_t user = ::geteuid();
    if (::getuid() == 0) EXPECT_EQ(::seteuid(0), 0);
    fs::permissions(folder_ / part, fs::perms(0));
    if (::getuid() == 0) EXPECT_EQ(::seteuid(user), 0);
  }
  [[nodiscard]] std::string why() const { return why_unreadable(key_); }

  fs::path folder_;
  fs::path key_;  ///< As certbot lays it out: a link into archive.
};

TEST_F(ReadableTest, NothingIsWrongWithWhatCanBeRead) {
  EXPECT_EQ(why(), "");
  EXPECT_EQ(why_unreadable(folder_), "is a folder");
  EXPECT_EQ(why_unreadable(folder_ / "nothing"), "No such file or directory");
}

TEST_F(ReadableTest, NamesTheFolderThatIsClosed) {
  close("live");
  EXPECT_NE(why().find("Permission denied: "), std::string::npos);
  EXPECT_NE(why().find("may not enter the folder " + (folder_ / "live").string()),
            std::string::npos)
      << why();
}

TEST_F(ReadableTest, NamesTheFolderBehindALink) {
  close("archive");
  EXPECT_NE(why().find("may not enter the folder " + (folder_ / "archive").string()),
            std::string::npos)
      << why();
}

TEST_F(ReadableTest, NamesTheFileBehindALink) {
  close("archive/a.test/privkey1.pem");
  EXPECT_NE(why().find("may not read " + (folder_ / "archive/a.test/privkey1.pem").string()),
            std::string::npos)
      << why();
}

}  // namespace
}  // namespace restante::files
