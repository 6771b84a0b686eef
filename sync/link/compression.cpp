#include "sync/link/compression.hpp"

#include "shared/base/verify.hpp"

#include <zstd.h>

#include <algorithm>

namespace cunzheng::link {
namespace {

enum Packing : std::uint8_t {
  plain = 0,       // the message itself
  streamed = 1,    // a flushed piece of the stream; the first one opens it
  stream_end = 2,  // nothing follows: the stream is over
};

constexpr int window_log = 16;  // 64 KiB: a batch of entries and what it repeats
constexpr int level = 3;
constexpr std::size_t chunk = 16U << 10;

void set(ZSTD_CCtx* stream, ZSTD_cParameter parameter, int value) {
  VERIFY(ZSTD_isError(ZSTD_CCtx_setParameter(stream, parameter, value)) == 0);
}

tl::unexpected<Failure> unreadable(const char* zh, const char* en) { return fail(FailureCode::unreadable, {zh, en}); }

}  // namespace

void Packer::Free::operator()(ZSTD_CCtx_s* stream) const { ZSTD_freeCCtx(stream); }
void Unpacker::Free::operator()(ZSTD_DCtx_s* stream) const { ZSTD_freeDCtx(stream); }

Bytes Packer::pack(ByteView message, bool may_stream) {
  if (!stream_ && (!may_stream || message.size() < packing_bytes_min)) {
    Bytes packed{plain};
    append(packed, message);
    return packed;
  }
  if (!stream_) {
    stream_.reset(ZSTD_createCCtx());
    VERIFY(stream_);
    set(stream_.get(), ZSTD_c_compressionLevel, level);
    set(stream_.get(), ZSTD_c_windowLog, window_log);
    set(stream_.get(), ZSTD_c_hashLog, 14);
    set(stream_.get(), ZSTD_c_chainLog, 14);
    set(stream_.get(), ZSTD_c_contentSizeFlag, 0);
  }
  Bytes packed(1 + std::min(ZSTD_compressBound(message.size()), chunk));
  packed[0] = streamed;
  std::size_t used = 1;
  ZSTD_inBuffer in{message.data(), message.size(), 0};
  for (std::size_t left = 1; left != 0;) {
    if (used == packed.size()) packed.resize(2 * packed.size());
    ZSTD_outBuffer out{packed.data() + used, packed.size() - used, 0};
    left = ZSTD_compressStream2(stream_.get(), &out, &in, ZSTD_e_flush);
    VERIFY(ZSTD_isError(left) == 0);
    used += out.pos;
  }
  packed.resize(used);
  return packed;
}

Bytes Packer::end_stream() {
  stream_.reset();
  return {stream_end};
}

Result<std::optional<Bytes>> Unpacker::unpack(ByteView packed, std::size_t bytes_max, bool may_stream) {
  if (packed.empty()) return unreadable("空报文", "an empty message");
  const auto content = packed.subspan(1);
  switch (packed.front()) {
    case plain:
      if (content.size() > bytes_max) return unreadable("报文过长", "the message is too long");
      return bytes_of(content);
    case stream_end:
      if (!content.empty() || !stream_) return unreadable("多余的压缩流结束标记", "a stray end of stream");
      stream_.reset();
      return std::nullopt;
    case streamed:
      break;
    default:
      return unreadable("未知的压缩方式", "unknown packing");
  }
  if (!stream_) {
    if (!may_stream) return unreadable("对方身份未明，不接受压缩数据", "packed data from an unknown peer");
    stream_.reset(ZSTD_createDCtx());
    VERIFY(stream_);
    VERIFY(ZSTD_isError(ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, window_log)) == 0);
  }
  Bytes message;
  ZSTD_inBuffer in{content.data(), content.size(), 0};
  // A piece that ends with a flush gives all its bytes: once the input is taken and room is left over, nothing more
  // is to come.
  for (bool room_left = false; in.pos < in.size || !room_left;) {
    const auto used = message.size();
    if (used > bytes_max) return unreadable("报文解压后过长", "the message is too long when unpacked");
    message.resize(used + std::min(std::max(chunk, used), bytes_max + 1 - used));
    ZSTD_outBuffer out{message.data() + used, message.size() - used, 0};
    const auto taken_before = in.pos;
    const auto status = ZSTD_decompressStream(stream_.get(), &out, &in);
    if (ZSTD_isError(status) != 0) return unreadable("压缩数据损坏", "the packed data is damaged");
    room_left = out.pos < out.size;
    message.resize(used + out.pos);
    if (out.pos == 0 && in.pos == taken_before && in.pos < in.size) {
      return unreadable("压缩数据损坏", "the packed data is damaged");
    }
  }
  if (message.size() > bytes_max) return unreadable("报文解压后过长", "the message is too long when unpacked");
  return message;
}

}  // namespace cunzheng::link
