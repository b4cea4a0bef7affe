using System.IO.Compression;
using ZstdSharp;

namespace Penstock.Central.Ingest;

/// <summary>
/// A request's body, unpacked while it arrives, line by line. What it holds is bounded: it stops at
/// <see cref="MaxWireBytes"/> received or <see cref="MaxBytes"/> unpacked, whichever comes first.
/// </summary>
internal sealed class BodyReader : IDisposable
{
    public const int MaxWireBytes = 4 * 1024 * 1024;
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Most bytes of one line: far above any record, enough for a heartbeat of many devices.</summary>
    public const int MaxLineBytes = 256 * 1024;

    private readonly CountedStream _wire;
    private readonly Stream _body;
    private readonly IngestBudget _budget;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _unpacked;
    private bool _ended;

    private BodyReader(CountedStream wire, Stream body, IngestBudget budget)
    {
        _wire = wire;
        _body = body;
        _budget = budget;
    }

    /// <exception cref="BodyException">The encoding is none we know.</exception>
    public static BodyReader Open(HttpRequest request, IngestBudget budget)
    {
        if (request.ContentLength > MaxWireBytes)
            throw BodyException.TooLarge($"the body announces {request.ContentLength} bytes; at most {MaxWireBytes} are taken. Send smaller groups.");
        var wire = new CountedStream(request.Body, MaxWireBytes);
        return new(
            wire,
            request.Headers.ContentEncoding.ToString() switch
            {
                "" or "identity" => wire,
                "zstd" => new DecompressionStream(wire, leaveOpen: false),
                "gzip" => new GZipStream(wire, CompressionMode.Decompress),
                var other => throw BodyException.WrongEncoding($"content encoding '{other}' is not known; use zstd, gzip or none."),
            },
            budget);
    }

    /// <summary>Bytes so far, unpacked.</summary>
    public int Unpacked => _unpacked;

    /// <summary>Takes the next complete line that is in memory; without its line break.</summary>
    public bool TryTake(out ReadOnlySpan<byte> line)
    {
        var waiting = _buffer.AsSpan(_start, _end - _start);
        var length = waiting.IndexOf((byte)'\n');
        if (length < 0 && !(_ended && waiting.Length > 0))
        {
            line = default;
            return false;
        }

        var taken = length < 0 ? waiting.Length : length + 1;
        line = waiting[..(length < 0 ? waiting.Length : length)].TrimEnd((byte)'\r');
        _start += taken;
        return true;
    }

    /// <summary>Reads on; false at the end of the body, after which what is left is the last line.</summary>
    /// <exception cref="BodyException">Too large, half-sent, or not what the encoding says.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        if (_ended)
            return false;
        MakeRoom();
        var count = await ReadChunkAsync(cancel);
        _ended = count == 0;
        if (_ended && _body is GZipStream && !_wire.EndsWithLength(_unpacked))
            throw BodyException.Unusable("the body breaks off inside its gzip stream; send it again.");
        if (_unpacked + count > MaxBytes)
            throw BodyException.TooLarge($"the body unpacks to more than {MaxBytes} bytes. Send smaller groups.");
        _budget.Take(count);
        _end += count;
        _unpacked += count;
        return true;
    }

    /// <summary>Gives the room in memory back that the lines took.</summary>
    public void Dispose()
    {
        _budget.Return(_unpacked);
        _body.Dispose();
    }

    private async ValueTask<int> ReadChunkAsync(CancellationToken cancel)
    {
        try
        {
            return await _body.ReadAsync(_buffer.AsMemory(_end), cancel);
        }
        catch (Exception e) when (e is ZstdException or InvalidDataException or EndOfStreamException)
        {
            throw BodyException.Unusable($"the body cannot be unpacked ({e.Message}); send it again.", e);
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == MaxLineBytes)
            throw BodyException.TooLarge($"a line has more than {MaxLineBytes} bytes; a record has one line.");
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
