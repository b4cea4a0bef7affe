namespace Penstock.Central.Ingest;

/// <summary>Passes bytes on up to a limit, then refuses; remembers the last four.</summary>
internal sealed class CountedStream(Stream inner, long limit) : Stream
{
    private uint _tail;
    private long _count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// True when the last four bytes say this length, as the trailer of a gzip member does (RFC 1952, section 2.3.1): the
    /// framework's reader takes a stream that breaks off for its end.
    /// </summary>
    public bool EndsWithLength(long length) => _tail == (uint)length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        return Count(buffer.Span, count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset), inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(ReadOnlySpan<byte> buffer, int count)
    {
        foreach (var last in buffer[Math.Max(0, count - 4)..count])
            _tail = (_tail >> 8) | ((uint)last << 24);
        _count += count;
        return _count > limit
            ? throw BodyException.TooLarge($"the body has more than {limit} bytes. Send smaller groups.")
            : count;
    }
}
