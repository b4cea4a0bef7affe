namespace Penstock.Protocols.Transport;

/// <summary>
/// An open connection that carries bytes both ways. One reader and one writer at a time. Throws
/// <see cref="ChannelException"/> when the connection is gone; a cancelled read loses no byte.
/// </summary>
public interface IByteChannel : IAsyncDisposable
{
    /// <summary>Where it leads, for people: <c>10.20.0.31:502</c>.</summary>
    string Address { get; }

    /// <summary>Reads what is there, at least one byte. Never returns 0: a closed far end is a <see cref="ConnectionLostException"/>.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken token);

    /// <summary>Returns when the bytes are handed to the system.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token);
}

/// <summary>Opens a channel to one far end; called again after each loss.</summary>
public delegate ValueTask<IByteChannel> ChannelOpener(CancellationToken token);
