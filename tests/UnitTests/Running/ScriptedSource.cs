using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Penstock.Contracts;
using Penstock.Protocols;

namespace Penstock.UnitTests.Running;

/// <summary>A source that yields what the test puts in; a batch of null makes it fail.</summary>
internal sealed class ScriptedSource(IReadOnlyList<TagDefinition> tags) : ISource
{
    private readonly Channel<SourceBatch?> _batches = Channel.CreateUnbounded<SourceBatch?>();

    public string Device => "meter-1";

    public string Address => "10.0.0.1:502 unit 1";

    public IReadOnlyList<TagDefinition> Tags => tags;

    public static TagDefinition Tag(string name) =>
        new() { Tag = name, Kind = Kinds.Plc, Type = "number", Interval = TimeSpan.FromSeconds(1) };

    public void Yield(SourceBatch batch) => _batches.Writer.TryWrite(batch);

    public void Fail() => _batches.Writer.TryWrite(null);

    public void End() => _batches.Writer.TryComplete();

    public async IAsyncEnumerable<SourceBatch> ReadAsync([EnumeratorCancellation] CancellationToken token)
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync(token))
            yield return batch ?? throw new InvalidOperationException("the driver has a bug");
    }
}
