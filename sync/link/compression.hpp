#pragma once
// One zstd stream per direction and session, flushed with each message, so that ids and names said once cost little
// when said again. Every packed message begins with a byte that tells how it is packed (PROTOCOL.md "Frames").
// The streams cost 0.5 and 0.4 MiB and exist only while they are used.

#include "shared/base/bytes.hpp"

#include <memory>
#include <optional>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace cunzheng::link {

// Messages shorter than this go as they are while no stream is open.
inline constexpr std::size_t packing_bytes_min = 256;

// At most this many bytes for a message of `size`.
constexpr std::size_t packed_bytes_max(std::size_t size) { return size + size / 128 + 64; }

class Packer {
 public:
  // `may_stream`: the other end is known to accept a stream.
  Bytes pack(ByteView message, bool may_stream);

  bool has_stream() const { return stream_ != nullptr; }
  // Ends the stream and frees its memory. Send what it returns; it tells the other end to do the same.
  Bytes end_stream();

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* stream) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> stream_;
};

class Unpacker {
 public:
  // nullopt: a message without content (the end of a stream). unreadable: not packed like this, or the message would
  // be longer than `bytes_max`, or it opens a stream without `may_stream` (what an unknown peer may cost is bounded);
  // the connection is of no more use then.
  Result<std::optional<Bytes>> unpack(ByteView packed, std::size_t bytes_max, bool may_stream);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* stream) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> stream_;
};

}  // namespace cunzheng::link
