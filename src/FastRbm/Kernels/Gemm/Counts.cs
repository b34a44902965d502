namespace FastRbm.Kernels.Gemm;

/// <summary>The counts that tiles come in.</summary>
internal static class Counts
{
    internal readonly struct N1 : ICount
    {
        public static int Count => 1;
    }

    internal readonly struct N2 : ICount
    {
        public static int Count => 2;
    }

    internal readonly struct N3 : ICount
    {
        public static int Count => 3;
    }

    internal readonly struct N4 : ICount
    {
        public static int Count => 4;
    }

    internal readonly struct N5 : ICount
    {
        public static int Count => 5;
    }

    internal readonly struct N6 : ICount
    {
        public static int Count => 6;
    }

    internal readonly struct N7 : ICount
    {
        public static int Count => 7;
    }

    internal readonly struct N8 : ICount
    {
        public static int Count => 8;
    }

    internal readonly struct N9 : ICount
    {
        public static int Count => 9;
    }

    internal readonly struct N10 : ICount
    {
        public static int Count => 10;
    }

    internal readonly struct N11 : ICount
    {
        public static int Count => 11;
    }

    internal readonly struct N12 : ICount
    {
        public static int Count => 12;
    }
}
