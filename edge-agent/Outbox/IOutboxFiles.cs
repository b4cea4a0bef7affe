namespace Penstock.EdgeAgent.Outbox;

/// <summary>The folder of the outbox as the log needs it. Failures are <see cref="IOException"/>.</summary>
internal interface IOutboxFiles
{
    /// <summary>For people: where it is.</summary>
    string Folder { get; }

    /// <summary>Names of the files in the folder, in no order; foreign ones too.</summary>
    IReadOnlyList<string> List();

    /// <summary>A new file of that many bytes, really allocated, all zero. Its name lasts after <see cref="SyncFolder"/>.</summary>
    IOutboxFile Create(string name, long bytes);

    IOutboxFile Open(string name);

    /// <summary>Gives a file another name, at once and as a whole, and opens it for writing. The new name lasts after <see cref="SyncFolder"/>.</summary>
    IOutboxFile Rename(string from, string to);

    void Delete(string name);

    /// <summary>Gives back what lies behind the first <paramref name="bytes"/>.</summary>
    void Truncate(string name, long bytes);

    /// <summary>Makes creations and deletions durable.</summary>
    void SyncFolder();

    /// <summary>Keeps damaged bytes for people, within a bounded room. False when they were kept and told before.</summary>
    bool Quarantine(string name, ReadOnlySpan<byte> bytes);

    /// <summary>The event about these bytes is durable.</summary>
    void MarkTold(string name);

    /// <summary>Bytes that can still be allocated on the medium; null when it does not tell.</summary>
    long? FreeBytes { get; }

    /// <summary>Damaged bytes put aside.</summary>
    long QuarantinedBytes { get; }
}

/// <summary>One open file.</summary>
internal interface IOutboxFile : IDisposable
{
    long Length { get; }

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Fills as much of the buffer as the file has; returns the count.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Makes the written bytes durable.</summary>
    void Sync();
}
