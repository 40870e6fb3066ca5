#include "archive/exchange/import/unpack.h"

#include <zip.h>
#include <zlib.h>

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

class UnpackTest : public ::testing::Test {
 protected:
  Path gzip(const std::string& octets) const {
    Path file = folder_.path() / "box.gz";
    gzFile opened = gzopen(file.c_str(), "wb");
    EXPECT_EQ(gzwrite(opened, octets.data(), static_cast<unsigned>(octets.size())),
              static_cast<int>(octets.size()));
    gzclose(opened);
    return file;
  }
  Path zip(const std::string& octets) const {
    Path file = folder_.path() / "box.zip";
    zip_t* const made = zip_open(file.c_str(), ZIP_CREATE, nullptr);
    zip_source_t* const source = zip_source_buffer(made, octets.data(), octets.size(), 0);
    EXPECT_GE(zip_file_add(made, "deep/box", source, 0), 0);
    EXPECT_EQ(zip_close(made), 0);
    return file;
  }
  TempFolder folder_;
};

TEST_F(UnpackTest, Gzip) {
  const auto done = unpack_gzip(*look_at(gzip("Subject: x\n\n")), folder_.path());
  ASSERT_TRUE(done);
  EXPECT_EQ(done->file.name, "box");
  EXPECT_EQ(done->file.beginning, "Subject: x\n\n");
  EXPECT_EQ(read_file(done->file.path), "Subject: x\n\n");
}

TEST_F(UnpackTest, ADamagedGzip) {
  std::string noise;
  for (unsigned i = 0; i < 100'000; ++i) noise += static_cast<char>((i * 2654435761U) >> 13U);
  const Path file = gzip(noise);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_FALSE(unpack_gzip(*look_at(file), folder_.path()));
}

TEST_F(UnpackTest, Zip) {
  auto members = ZipMembers::open(*look_at(zip("Subject: x\n\n")), folder_.path());
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 1U);
  const auto done = members->unpack(0);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->file.name, "box");
  EXPECT_TRUE(done->file.label.ends_with("box.zip: deep/box"));
  EXPECT_EQ(read_file(done->file.path), "Subject: x\n\n");
}

TEST_F(UnpackTest, TheDiskIsNotFilled) {
  const std::string zeros(66U << 20U, '\0');
  EXPECT_FALSE(unpack_gzip(*look_at(gzip(zeros)), folder_.path()));
  auto members = ZipMembers::open(*look_at(zip(zeros)), folder_.path());
  ASSERT_TRUE(members);
  EXPECT_FALSE(members->unpack(0));
}

}  // namespace
}  // namespace restante::archive
