#include "text/image_url.h"

#include <gtest/gtest.h>

namespace restante::text {
namespace {

TEST(ImageUrl, OfPicturesAlone) {
  EXPECT_EQ(image_url("GIF89a"), "data:image/gif;base64,R0lGODlh");
  EXPECT_EQ(image_url("GIF89a1"), "data:image/gif;base64,R0lGODlhMQ==");
  EXPECT_EQ(image_url("GIF89a12"), "data:image/gif;base64,R0lGODlhMTI=");
  EXPECT_EQ(image_url("\xFF\xD8\xFF"), "data:image/jpeg;base64,/9j/");
  EXPECT_TRUE(image_url("\x89PNG\r\n\x1a\n").starts_with("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_TRUE(image_url("RIFF1234WEBP").starts_with("data:image/webp;base64,"));
  for (const char* const other : {"", "<svg onload=x>", "BM", "RIFF1234WAVE", "<html>", "GIF"})
    EXPECT_EQ(image_url(other), "") << other;
  EXPECT_EQ(image_url("GIF89a" + std::string(kImageBytesMax, 'x')), "");
}

}  // namespace
}  // namespace restante::text
