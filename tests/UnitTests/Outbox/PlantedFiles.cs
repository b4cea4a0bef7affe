using System.Buffers.Binary;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>A bug that the model test has to find.</summary>
public enum Plant
{
    /// <summary>Every seventh sync of a file does nothing.</summary>
    SkippedSync,
    /// <summary>Names are never made durable.</summary>
    SkippedFolderSync,
    /// <summary>Checks are taken for good whatever the bytes are, so lengths and payloads are trusted.</summary>
    TrustedBytes,
}

/// <summary>The folder as a log with a bug would treat it.</summary>
internal sealed class PlantedFiles(IOutboxFiles inner, Plant plant) : IOutboxFiles
{
    private int _syncs;

    public string Folder => inner.Folder;

    public long? FreeBytes => inner.FreeBytes;

    public long QuarantinedBytes => inner.QuarantinedBytes;

    public IReadOnlyList<string> List() => inner.List();

    public IOutboxFile Create(string name, long bytes) => new PlantedFile(this, inner.Create(name, bytes));

    public IOutboxFile Open(string name) => new PlantedFile(this, inner.Open(name));

    public IOutboxFile Rename(string from, string to) => new PlantedFile(this, inner.Rename(from, to));

    public void Delete(string name) => inner.Delete(name);

    public void Truncate(string name, long bytes) => inner.Truncate(name, bytes);

    public void SyncFolder()
    {
        if (plant is not Plant.SkippedFolderSync)
            inner.SyncFolder();
    }

    public bool Quarantine(string name, ReadOnlySpan<byte> bytes) => inner.Quarantine(name, bytes);

    public void MarkTold(string name) => inner.MarkTold(name);

    private bool SkipsSync() => plant is Plant.SkippedSync && ++_syncs % 7 == 0;

    private void Repair(long offset, Span<byte> bytes)
    {
        if (plant is not Plant.TrustedBytes)
            return;
        for (var at = (int)(-offset & (FrameCodec.Sector - 1)); at + FrameCodec.HeaderBytes <= bytes.Length; at += FrameCodec.Sector)
        {
            var frame = bytes[at..];
            if (!frame[..3].SequenceEqual("PSO"u8))
                continue;
            BinaryPrimitives.WriteUInt32LittleEndian(frame[108..], FrameCodec.Crc32C(frame[8..108]));
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame[12..]);
            if (length >= 0 && length <= frame.Length - FrameCodec.HeaderBytes)
                BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], FrameCodec.Crc32C(frame[8..(FrameCodec.HeaderBytes + length)]));
        }
    }

    private sealed class PlantedFile(PlantedFiles files, IOutboxFile inner) : IOutboxFile
    {
        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes) => inner.Write(offset, bytes);

        public int Read(long offset, Span<byte> buffer)
        {
            var read = inner.Read(offset, buffer);
            files.Repair(offset, buffer[..read]);
            return read;
        }

        public void Sync()
        {
            if (!files.SkipsSync())
                inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
