import Link from 'next/link'
import { Buy } from './buy'

export default function Page() {
  return (
    <>
      <h1>A Next.js app</h1>
      <Link href="/about">About</Link>
      <Buy />
    </>
  )
}
