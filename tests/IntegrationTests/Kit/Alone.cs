namespace Penstock.IntegrationTests.Kit;

/// <summary>Tests with a deadline in the requirements: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
